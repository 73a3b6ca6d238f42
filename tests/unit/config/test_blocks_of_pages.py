"""Blocks of config that README.md and docs/ show are valid as they stand, in the experiment that their page is on."""

from __future__ import annotations

import re
import textwrap
from pathlib import Path
from typing import Any

import pytest
import yaml

from uncollapse.config.files import read
from uncollapse.config.settings import Settings
from uncollapse.errors import ConfigError

ROOT = Path(__file__).parents[3]
GENERATED = ("promises.md", "stages.md")
ABOUT = {  # the experiment of the default that a page's blocks are parts of
    "README.md": "eigenvalues",
    "collapse.md": "collapse",
    "generations.md": "generations",
    "molecules.md": "generations",
    "rejection_sampling.md": "arithmetic",
    "rounds.md": "self_improvement",
}
BESIDE = {"questions": {"files": None, "asked": "chat"}}  # what goes with a block of this key
ENTRIES = {"rephrased_30": "datasets"}  # the block that an entry shown by itself belongs to
READERS = {"human", "judge", "text_good"}  # entries that pages name and leave to their reader


def blocks() -> list[Any]:
    """Each block of YAML without a gap, with its page and line."""
    found = []
    for page in [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]:
        text = page.read_text(encoding="utf-8")
        for shown in re.finditer(r"(?:^    .*\n|^\n(?=    ))+", text, re.MULTILINE):
            block = textwrap.dedent(shown[0])
            try:
                keys = yaml.safe_load(block)
            except yaml.YAMLError:
                continue
            if not isinstance(keys, dict) or not all(re.fullmatch(r"\w+", str(key)) for key in keys):
                continue
            if page.name not in GENERATED and "..." not in block and "…" not in block:
                line = text[: shown.start()].count("\n") + 1
                found.append(pytest.param(page.name, keys, id=f"{page.name}:{line}"))
    return found


def problems(overlay: Path) -> list[str]:
    """Lines on what is wrong with the default and an overlay."""
    try:
        read(ROOT / "config.yaml", [overlay])
    except ConfigError as error:
        first, *lines = str(error).splitlines()
        return lines or [first]
    return []


@pytest.mark.parametrize(("page", "keys"), blocks())
def test_a_block_of_a_page_is_valid_as_it_stands(page: str, keys: dict[str, Any], tmp_path: Path) -> None:
    if not keys.keys() <= Settings.model_fields.keys():
        more = {name: value for key in keys for name, value in BESIDE.get(key, {}).items()}
        whole = {ENTRIES.get(key, key): {key: value} if key in ENTRIES else value for key, value in keys.items()}
        keys = {"experiments": {ABOUT[page]: whole | more}}
    overlay = tmp_path / "shown.yaml"
    overlay.write_text(yaml.safe_dump(keys, sort_keys=False))
    named = [re.search(r": '(\w+)' is not defined; known: ", problem) for problem in problems(overlay)]
    assert all(one and one[1] in READERS for one in named), problems(overlay)


def test_there_are_such_blocks() -> None:
    assert {"README.md", "text.md", "molecules.md", "rejection_sampling.md"} <= {block.values[0] for block in blocks()}
