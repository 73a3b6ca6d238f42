"""Every key of every block at six boundary values: refused with its name, or all that config asks for can be planned.

``TOTALITY=6`` tries all six of each key; by default one, which takes turns from key to key.
"""

from __future__ import annotations

import copy
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic import BaseModel
from test_fuzz_config import everything

from uncollapse.config.load import load
from uncollapse.errors import ConfigError
from uncollapse.planning.plan import Plan

ROOT = Path(__file__).parents[3]
CONFIG = json.loads(json.dumps(yaml.safe_load((ROOT / "config.yaml").read_text())))
TRIED = int(os.environ.get("TOTALITY", "1"))
NAMES = list(CONFIG["experiments"])
Location = tuple[str, ...]


def _keys(block: BaseModel, seen: set[tuple[type, str]], before: Location = ()) -> Iterator[tuple[Location, Any]]:
    """Keys that are no blocks, with their values; of blocks of one type, each key once."""
    for name in type(block).model_fields:
        value = getattr(block, name)
        inner = value if isinstance(value, dict) else {"": value}
        blocks = {key: part for key, part in inner.items() if isinstance(part, BaseModel)}
        for key, part in blocks.items():
            yield from _keys(part, seen, (*before, name, *([key] if key else [])))
        if not blocks and (type(block), name) not in seen:
            seen.add((type(block), name))
            yield (*before, name), value


def boundary_values(value: Any) -> list[Any]:
    """Six values at and beyond the ends of what has the type of one."""
    if isinstance(value, bool):
        return [None, 2, -1, "maybe", [], 10**30]
    if isinstance(value, int):
        return [0, -1, 1, 2**31, 10**30, 0.5]
    if isinstance(value, float):
        return [0.0, -1.0, 1.0, 5e-324, 1.7e308, float("nan")]
    if isinstance(value, str):
        return ["", "\0", "x" * 300, "../up", "no_such", 0]
    if isinstance(value, (list, tuple)):
        return [[], None, [*value[:1], *value[:1]], [[]], ["\0"], [-1]]
    return [0, -1, "", [], 1e308, {}]


def _alone(name: str) -> dict[str, Any]:
    """The config with one experiment, and nothing made from the others."""
    config = {key: value for key, value in CONFIG.items() if key in ("scale", "corpora", "base_models")}
    return config | {"tables": {}, "figures": {}, "claims": {}, "experiments": {name: CONFIG["experiments"][name]}}


def _set(given: dict[str, Any], whole: dict[str, Any], location: Location, value: Any) -> dict[str, Any]:
    """An experiment's block with one value set; blocks that are not given are taken from the whole one."""
    block = copy.deepcopy(given)
    part = block
    for key in location[:-1]:
        whole = whole[key]
        if not isinstance(part.get(key), dict):
            part[key] = copy.deepcopy(whole)
        part = part[key]
    part[location[-1]] = value
    return block


@pytest.mark.parametrize("name", NAMES)
def test_every_key_at_its_ends_is_refused_by_name_or_planned(name: str) -> None:
    block = load(_alone(name)).experiments[name]
    given, whole = block.model_dump(mode="json", exclude_unset=True), block.model_dump(mode="json")
    refused, planned, wrong = 0, 0, []
    for turn, (location, value) in enumerate(_keys(block, set())):
        values = boundary_values(value)
        for place in range(TRIED):
            tried = values[(2 * turn + place) % len(values)]
            told = f"{'.'.join(location)} = {tried!r:.50}"
            try:
                found = load(_alone(name) | {"experiments": {name: _set(given, whole, location, tried)}})
                planned += 1
                everything(Plan(found))
            except ConfigError as error:
                refused += 1
                if location[-1] not in str(error):
                    wrong.append(f"{told}: the key is not named: {error}")
            except Exception as error:
                wrong.append(f"{told}: {error!r:.300}")
    assert not wrong, "\n".join(wrong)
    assert refused > 10
    assert planned > 3


def test_generations_of_edits_and_shards_end() -> None:
    config = _alone("collapse")
    config["experiments"]["collapse"] = copy.deepcopy(config["experiments"]["collapse"])
    config["experiments"]["collapse"]["edits"]["news"]["generations"] = 2**31
    with pytest.raises(ConfigError, match=r"edits\.news\.generations: .*1000"):
        load(config)
    config = _alone("generations")
    config["experiments"]["generations"] = config["experiments"]["generations"] | {"shards": 2**31}
    with pytest.raises(ConfigError, match=r"generations\.shards: .*10000"):
        load(config)
