"""What scripts/paper_scale.py computes first, when a slice of time may end anywhere."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

from uncollapse.config.files import read
from uncollapse.planning.plan import Plan

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="module")
def command() -> ModuleType:
    found = importlib.util.spec_from_file_location("paper_scale", ROOT / "scripts/paper_scale.py")
    assert found is not None
    assert found.loader is not None
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def plan() -> Plan:
    return Plan(read(ROOT / "config.yaml"))


def _first_positions(names: list[str], *beginnings: str) -> list[int]:
    return [next(i for i, name in enumerate(names) if name.startswith(beginning)) for beginning in beginnings]


def test_matrices_come_by_seed_then_by_table(command: ModuleType, plan: Plan) -> None:
    """Tables 1, 2, 4 and 3 of the first seed, of all labellers, then the second seed's, which generators alone have."""
    names = [Path(path).name for path in command.targets(plan, ["eigenvalues"])]
    order = _first_positions(
        names,
        "generator-seed0.",
        "clean-seed0.",
        "no_selection-model_a-seed0.",
        "unselected_less-verifier_quality-seed0.",
        "within_2_less.by1-verifier_quality-seed0.",
        "generator-seed1.",
    )
    assert order == sorted(order)
    seeds = [int(name.partition("-seed")[2].partition(".")[0]) for name in names]
    assert seeds == sorted(seeds)


def test_texts_begin_with_what_needs_no_training(command: ModuleType, plan: Plan) -> None:
    paths = list(command.targets(plan, ["summaries"]))
    kinds = [Path(path).parent.name for path in paths]
    assert kinds[0] == "baselines"
    assert kinds == sorted(kinds, key=["baselines", "proxy", "evaluations"].index)
    models = [Path(path).name for path, kind in zip(paths, kinds, strict=True) if kind == "evaluations"]
    assert models[0].startswith("generator-seed0.")
    seeds = [int(name.partition("-seed")[2].partition(".")[0]) for name in models if "-seed" in name]
    assert seeds == sorted(seeds)


def test_products_have_the_files_of_their_kind(plan: Plan) -> None:
    """What the rules of tables and figures ask for is what targets by name hold."""
    tables = {path for path in plan.products.paths("tables") if "feng2024_table1." in path}
    assert {Path(path).suffix for path in tables} == {".parquet", ".csv", ".md"}
    assert {Path(path).suffix for path in plan.products.paths("figures")} == {".svg", ".png"}
    everything = {file for files in plan.products.targets().values() for file in files}
    assert tables <= everything
