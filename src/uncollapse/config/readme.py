"""The page config/README.md: every key of config, written from the config's schema.

python -m uncollapse.config.readme > config/README.md
"""

import re
from collections.abc import Iterator
from typing import Any

from uncollapse.config.schema import schema

_LINK = re.compile(r"\[(\w+)\]\(#(\w+)\)")  # of a block without keys, such as a list of four numbers, only the name
_OPENING = """# Configuration

Written by `make schema` from the types of the config. `config.yaml` at the root of the checkout is the default; files
given by `--configfile` are merged over it, and setting a named entry to null removes it. The JSON schema
(`workflow/schemas/config.schema.json`) says the same to editors. An unknown key, a wrong type or an impossible value
stops before any job, with the file, the key and the fix.

Blocks whose entries you name yourself (`experiments`, `datasets`, `tables`, ...) are written as `NAME`.
"""


def page() -> str:
    """The whole page as Markdown: a table for the top of the config, then one for each kind of block."""
    found = schema()
    parts = [_OPENING, "## At the top", "", *_table(found)]
    for name, block in sorted(found.get("$defs", {}).items()):
        if block.get("properties"):
            about = block.get("description", "").partition("\n\n")[0].replace("\n", " ")
            parts += ["", f"## {name}", "", *([about, ""] if about else []), *_table(block)]
    known = {line.removeprefix("## ").lower() for line in parts if line.startswith("## ")}
    text = "\n".join(parts) + "\n"
    return _LINK.sub(lambda link: link[0] if link[2] in known else f"`{link[1]}`", text)


def _table(block: dict[str, Any]) -> Iterator[str]:
    yield "| key | value | default | what it is |"
    yield "|---|---|---|---|"
    required = set(block.get("required", ()))
    for key, about in block["properties"].items():
        default = "required" if key in required else _default(about)
        told = about.get("description", "").replace("\n", " ").replace("|", "\\|")
        yield f"| `{key}` | {_kind(about)} | {default} | {told} |"


def _kind(about: dict[str, Any]) -> str:
    """The values that a key takes, in a few words."""
    if "$ref" in about:
        name = about["$ref"].rpartition("/")[2]
        return f"[{name}](#{name.lower()})"
    if "const" in about:
        return f"`{about['const']}`"
    if "enum" in about:
        return " or ".join(f"`{value}`" for value in about["enum"])
    for several in ("anyOf", "oneOf"):
        if several in about:
            return " or ".join(dict.fromkeys(_kind(one) for one in about[several]))
    if about.get("type") == "array":
        return f"list of {_kind(about['items'])}" if isinstance(about.get("items"), dict) else "list"
    if about.get("type") == "object" and about.get("properties"):
        return f"block {about['title']}" if "title" in about else "block"
    if about.get("type") == "object":
        inner = about.get("additionalProperties")
        return f"`NAME`: {_kind(inner)}" if isinstance(inner, dict) else "mapping"
    return str(about.get("type", "any"))


def _default(about: dict[str, Any]) -> str:
    if "default" not in about:
        return ""
    text = str(about["default"]).replace("\n", " ").replace("|", "\\|")
    if isinstance(about["default"], dict | list) and len(text) > 30:
        return "see there"
    return "null" if about["default"] is None else f"`{text}`"


if __name__ == "__main__":
    print(page(), end="")
