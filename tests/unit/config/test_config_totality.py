"""Every key of every block at six boundary values: soon refused with its name, or what it asks for can be planned.

``TOTALITY=6`` tries all six of each key; by default one, which takes turns from key to key.
"""

from __future__ import annotations

import copy
import json
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic import BaseModel
from test_fuzz_config import everything

from uncollapse.config.load import load
from uncollapse.config.settings import Settings
from uncollapse.errors import ConfigError
from uncollapse.experiments.theory.settings import THEORY
from uncollapse.planning.plan import Plan

ROOT = Path(__file__).parents[3]
CONFIG = json.loads(json.dumps(yaml.safe_load((ROOT / "config.yaml").read_text())))
TRIED = int(os.environ.get("TOTALITY", "1"))
NAMES = list(CONFIG["experiments"])
LONGEST = 2.0  # seconds of processor time until a value is refused
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
    of_it = {name: CONFIG["experiments"][name]} if name != THEORY else {}
    return config | {"tables": {}, "figures": {}, "claims": {}, "experiments": of_it}


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


def _tried(
    keys: Iterator[tuple[Location, Any]], read: Callable[[Location, Any], Settings], plan: Callable[[Plan], object]
) -> tuple[int, int, list[str]]:
    """How many values were refused and how many planned, and sentences on what was neither, or not as it should be."""
    refused, planned, wrong = 0, 0, []
    for turn, (location, value) in enumerate(keys):
        values = boundary_values(value)
        for place in range(TRIED):
            tried = values[(2 * turn + place) % len(values)]
            told = f"{'.'.join(location)} = {tried!r:.50}"
            began = time.process_time()
            try:
                found = read(location, tried)
                planned += 1
                plan(Plan(found))
            except ConfigError as error:
                refused += 1
                if (lasted := time.process_time() - began) > LONGEST:
                    wrong.append(f"{told}: refused after {lasted:.1f} s")
                if location[-1] not in str(error):
                    wrong.append(f"{told}: the key is not named: {error}")
            except Exception as error:
                wrong.append(f"{told}: {error!r:.300}")
    return refused, planned, wrong


@pytest.mark.parametrize("name", NAMES)
def test_every_key_at_its_ends_is_refused_by_name_or_planned(name: str) -> None:
    block = load(_alone(name)).experiments[name]
    given, whole = block.model_dump(mode="json", exclude_unset=True), block.model_dump(mode="json")

    def read(location: Location, value: Any) -> Settings:
        return load(_alone(name) | {"experiments": {name: _set(given, whole, location, value)}})

    refused, planned, wrong = _tried(_keys(block, set()), read, everything)
    assert not wrong, "\n".join(wrong)
    assert refused > 10
    assert planned > 3


def test_every_key_outside_of_experiments_is_refused_by_name_or_planned() -> None:
    """Of the whole config, the theory and what is made of it, with the corpora and base models of the default."""
    config = _whole(THEORY) | {"theory": CONFIG["theory"], "experiments": {}}
    settings = load(config)
    given, whole = settings.model_dump(mode="json", exclude_unset=True), settings.model_dump(mode="json")
    keys = [(location, value) for location, value in _keys(settings, set()) if location != ("experiments",)]
    assert {"scale", "results", "store", "corpora", "theory", "base_models", "report", "tables"} <= {
        k[0] for k, _ in keys
    }
    refused, planned, wrong = _tried(iter(keys), lambda at, value: load(_set(given, whole, at, value)), _products)
    assert not wrong, "\n".join(wrong)
    assert refused > 10
    assert planned > 3


def _lists(block: BaseModel, before: Location = ()) -> Iterator[tuple[Location, Any]]:
    """Keys of lists, and of blocks whose entries have names, each with nothing in it."""
    for name in type(block).model_fields:
        value = getattr(block, name)
        if isinstance(value, (list, tuple)) or name in ("datasets", "targets"):
            yield (*before, name), []
        parts = value if isinstance(value, dict) else {"": value}
        named = {key: part for key, part in parts.items() if isinstance(part, BaseModel)}
        if isinstance(value, dict) and named:
            yield (*before, name), {}
        for key, part in named.items():
            yield from _lists(part, (*before, name, *([key] if key else [])))


def _whole(name: str) -> dict[str, Any]:
    """The config with one experiment, and all that is made of it."""
    made = {
        kind: {product: about for product, about in CONFIG[kind].items() if about["experiment"] == name}
        for kind in ("tables", "figures", "claims")
    }
    return _alone(name) | made


def _products(plan: Plan) -> set[tuple[str, str]]:
    """Every product that is planned; what it needs has files, and rows where config says them."""
    found = set()
    for kind in ("tables", "figures", "claims"):
        for product, of in plan.products.of_kind(kind).items():
            job = plan.products.job(kind, product)
            values = plan.kind_of(of).values
            for frame, files in job.reads.items():
                assert files, f"{kind}.{product} has no {frame}"
            for argument in set(job.values["values"]) - {name for name, one in values.items() if one.may_be_empty}:
                given = job.values["values"][argument]
                assert not values[argument].rows or given["rows"], f"{kind}.{product} has no {argument}"
            found.add((kind, product))
    plan.report.claims_job()
    plan.report.page_job()
    return found


@pytest.mark.parametrize("name", NAMES)
def test_every_list_may_be_empty_or_is_refused_by_name(name: str) -> None:
    block = load(_alone(name)).experiments[name]
    given, whole = block.model_dump(mode="json", exclude_unset=True), block.model_dump(mode="json")
    every = _products(Plan(load(_whole(name))))
    tried, wrong = 0, []
    for location, nothing in _lists(block):
        told = f"{'.'.join(location)} = {nothing}"
        try:
            found = load(_whole(name) | {"experiments": {name: _set(given, whole, location, nothing)}})
            wrong += [f"{told}: {more}" for more in _products(Plan(found)) - every]
        except ConfigError as error:
            if f"experiments.{name}." not in str(error):  # its own key, or that of what needs an entry
                wrong.append(f"{told}: no key is named: {error}")
        except Exception as error:
            wrong.append(f"{told}: {error!r:.300}")
        tried += 1
    assert not wrong, "\n".join(wrong)
    assert tried > 3


def test_without_students_there_is_none_of_their_products_and_all_others() -> None:
    config = _whole("eigenvalues")
    every = _products(Plan(load(config)))
    block = copy.deepcopy(config["experiments"]["eigenvalues"])
    block["downstream"]["datasets"] = []
    left = _products(Plan(load(config | {"experiments": {"eigenvalues": block}})))
    assert {("tables", "feng2024_table1"), ("tables", "feng2024_table3"), ("figures", "feng2024_beams")} <= left
    assert every - left >= {("tables", "feng2024_table2"), ("claims", "feng_eigenvalues")}


_ADAPTERS = {"trainable_layers": None}  # the default trains some layers, which excludes adapters


@pytest.mark.parametrize(
    ("change", "key"),
    [
        ({"theory": {"simulations": {"finite_sample": {"verifier_angles": []}}}},
         "theory.simulations.finite_sample.verifier_angles"),
        ({"experiments": {"summaries": {"downstream": {"training": _ADAPTERS | {"lora": {"targets": []}}}}}},
         "experiments.summaries.downstream.training.lora.targets"),
    ],
)  # fmt: skip
def test_what_must_name_something_is_refused_before_any_job(change: dict[str, Any], key: str) -> None:
    with pytest.raises(ConfigError, match=rf"{key}: no (verifier|layer)"):
        load(_merged(CONFIG, change))


def _merged(config: dict[str, Any], change: dict[str, Any]) -> dict[str, Any]:
    """The config with an overlay."""
    both = {key: _merged(config.get(key) or {}, value) if isinstance(value, dict) else value
            for key, value in change.items()}  # fmt: skip
    return config | both


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
