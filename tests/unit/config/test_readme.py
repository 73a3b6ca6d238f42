"""The page of all config keys: written from the schema, every link leads to a block of it."""

import re
from pathlib import Path

from uncollapse.config import readme
from uncollapse.config.schema import schema

ROOT = Path(__file__).parents[3]


def test_the_file_is_up_to_date() -> None:
    """``make schema`` writes it."""
    assert (ROOT / "config/README.md").read_text(encoding="utf-8") == readme.page()


def test_every_key_has_a_line_and_every_link_a_heading() -> None:
    page, found = readme.page(), schema()
    for key in found["properties"]:
        assert f"| `{key}` |" in page
    headings = {line.removeprefix("## ").lower() for line in page.splitlines() if line.startswith("## ")}
    links = set(re.findall(r"\]\(#([^)]*)\)", page))
    assert links <= headings
    assert "reportsettings" in headings
    columns = {line.replace("\\|", "").count("|") for line in page.splitlines() if line.startswith("| `")}
    assert columns == {5}


def test_kinds_of_values_are_told_in_words() -> None:
    of_kind = readme._kind
    assert of_kind({"anyOf": [{"type": "integer"}, {"type": "null"}]}) == "integer or null"
    assert of_kind({"type": "array", "items": {"type": "string"}}) == "list of string"
    assert (
        of_kind({"additionalProperties": {"$ref": "#/$defs/Product"}, "type": "object"})
        == "`NAME`: [Product](#product)"
    )
    assert of_kind({"enum": ["own", "shared"]}) == "`own` or `shared`"
