"""README's table of what is regenerated: every file in it is made by the default, or by a scale that its line names."""

from __future__ import annotations

import re
from fnmatch import fnmatch
from functools import cache
from itertools import product
from pathlib import Path

import pytest

from uncollapse.config.files import read
from uncollapse.config.kinds import KINDS
from uncollapse.planning.plan import Plan

ROOT = Path(__file__).parents[3]
README = (ROOT / "README.md").read_text(encoding="utf-8")
OVER = {"evidence_rephrased": ["evidence"]}  # the scales that an overlay lies over


def lines() -> list[tuple[str, str]]:
    """Names of scales, and paths, of each line."""
    (table,) = re.findall(r"^\| paper \| artifact \| here \|\n\|[-|]+\|\n((?:\|.*\n)+)", README, re.MULTILINE)
    return [(" ".join(re.findall(r"scales/(\w+)\.yaml", line)), line.split("|")[-2]) for line in table.splitlines()]


def expanded(pattern: str) -> list[str]:
    """A pattern for each choice of what stands in braces."""
    parts = [part.split(",") for part in re.split(r"[{}]", pattern)]
    return ["".join(choice) for choice in product(*parts)]


@cache
def made(scale: str) -> frozenset[str]:
    """Paths of all that a scale makes of its experiments, as if its results lay in ``results``."""
    files = [ROOT / f"scales/{name}.yaml" for name in [*OVER.get(scale, []), scale] if name]
    plan = Plan(read(ROOT / "config.yaml", files))
    paths = [path for kind in ("tables", "figures") for path in plan.products.paths(kind)]
    paths += [*plan.simulations(), *plan.recipe("gather_claims").outputs.values()]
    jobs = [plan.recipe_of(path) for path in paths]
    outputs = [output for job in jobs if job is not None for output in job.outputs.values()]
    return frozenset(output.replace(plan.root, "results", 1) for output in outputs)


@pytest.mark.parametrize(("scales", "here"), lines())
def test_files_of_a_line_are_made(scales: str, here: str) -> None:
    patterns = [one for path in re.findall(r"`(results/[^`]+)`", here) for one in expanded(path)]
    assert patterns
    there = frozenset().union(*(made(scale) for scale in ["", *scales.split()]))
    for pattern in patterns:
        found = pattern + "*" if pattern.endswith("/") else pattern
        assert any(fnmatch(path, found) for path in there), pattern


def test_kinds_of_experiments_are_those_there_are() -> None:
    told = re.search(r"Experiments are of (\w+) kinds: (.*?)A stage is one rule", README, re.DOTALL)
    assert told
    assert told[1] == {6: "six"}[len(KINDS)]
    assert [kind for kind in KINDS if f"`{kind}`" not in told[2]] == []


def test_braces_stand_for_each_of_their_choices() -> None:
    assert expanded("a{b,c}d.{e,f}") == ["abd.e", "abd.f", "acd.e", "acd.f"]
