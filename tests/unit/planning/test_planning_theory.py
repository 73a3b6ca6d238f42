"""The simulations of one configuration: their jobs, the products made of them, and what a change reaches."""

from __future__ import annotations

import copy
import json
import os
from pathlib import Path
from typing import Any

import pytest
import yaml

from uncollapse.config.load import load
from uncollapse.errors import ConfigError
from uncollapse.planning.plan import Plan
from uncollapse.planning.recipe import recipe_of
from uncollapse.theory.simulate import load_simulation, simulation_names

ROOT = Path(__file__).parents[3]


def _plan(**theory: Any) -> Plan:
    config = yaml.safe_load((ROOT / "config.yaml").read_text())
    config["theory"] = theory.get("theory", {"simulations": theory})
    return Plan(load(config), scripts=ROOT / "scripts")


def _specs(plan: Plan) -> dict[str, str]:
    return {name: plan.simulation_spec(name) for name in plan.simulated()}


def test_all_simulations_run_unless_config_says_otherwise() -> None:
    assert sorted(_plan().simulated()) == simulation_names()
    assert sorted(_plan(ridge=None).simulated()) == [name for name in simulation_names() if name != "ridge"]
    assert _plan(theory=None).simulated() == {}


def test_a_setting_reaches_its_own_simulation_and_no_other() -> None:
    before, after = _specs(_plan()), _specs(_plan(mixture_curves={"penalty": 0.5}))
    assert {name for name in before if before[name] != after[name]} == {"mixture_curves"}
    reseeded = _specs(_plan(theory={"seed": 1}))
    assert all(before[name] != reseeded[name] for name in before)


@pytest.mark.parametrize("name", simulation_names())
def test_a_spec_is_what_the_command_validates(name: str) -> None:
    spec = json.loads(_plan().simulation_spec(name))
    assert spec["simulation"] == name
    kind = load_simulation(name).Settings
    assert kind(**spec["settings"]) == kind()


def test_a_simulation_runs_its_own_modules() -> None:
    plan = _plan()
    code = {name: {entry.partition("@")[0] for entry in plan.simulation_code(name)} for name in simulation_names()}
    own = {name: {entry for entry in code[name] if entry.startswith("uncollapse.theory.simulations.")} for name in code}
    assert own == {name: {f"uncollapse.theory.simulations.{name}"} for name in code}
    assert "uncollapse.theory.lbfgs" in code["finite_sample"]
    assert "uncollapse.theory.lbfgs" not in code["editing"]
    assert "uncollapse.theory.schemas.editing" in code["editing"]
    assert "uncollapse.theory.schemas.mixture_curves" not in code["editing"]


def test_products_follow_what_is_simulated() -> None:
    whole, without = _plan(), _plan(editing=None)
    for kind, name in (("figures", "zhu2024_editing"), ("tables", "zhu2024_rules"), ("claims", "zhu_editing")):
        assert name in whole.products(kind)
        assert set(whole.products(kind)) - set(without.products(kind)) == {name}
    none = _plan(theory=None)
    assert {
        experiment for kind in ("figures", "tables", "claims") for experiment in none.products(kind).values()
    } == set(none.settings.experiments)
    assert not any("/theory/" in path for path in none.accounted())


def test_products_are_made_of_simulations_and_papers_numbers() -> None:
    inputs = _plan().product_inputs("claims", "zhu_editing")
    assert inputs["editing"] == ["results/theory/editing.parquet"]
    assert inputs["reported_zhu2024_table9"] == [os.path.relpath(ROOT / "workflow/reported/zhu2024_table9.csv")]
    assert "reported" not in _plan().product_inputs("tables", "zhu2024_rules")
    assert "reported" in _plan().product_inputs("tables", "feng2024_table1")


def test_every_artifact_of_the_theory_has_a_recipe() -> None:
    plan = _plan()
    for path in [*plan.simulation_paths(), *plan.products_of("theory")]:
        assert recipe_of(plan, path) is not None, path
    assert recipe_of(plan, "results/theory/nothing.parquet") is None
    recipe = recipe_of(plan, "results/theory/ridge.parquet")
    assert recipe is not None
    assert recipe.keys["settings"] == "theory.simulations.ridge"


def test_longer_simulations_come_first() -> None:
    plan = _plan()
    order = sorted(plan.simulated(), key=plan.simulation_priority, reverse=True)
    assert order[:2] == ["finite_sample", "mixture_breakdown"]
    assert max(map(plan.simulation_priority, order)) < 0, "whatever an experiment waits for goes first"


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"theory": {"simulations": {"ridge": {"trials": 1}}}}, "theory.simulations.ridge.trials"),
        ({"theory": {"simulations": {"ridge": {"trails": 10}}}}, "theory.simulations.ridge.trails: unknown key"),
        ({"theory": {"simulations": {"rigde": {}}}}, "theory.simulations.rigde: unknown key"),
        ({"theory": {"seed": -1}}, "theory.seed"),
        ({"experiments": {"theory": {}}}, "experiments.theory"),
        ({"figures": {"zhu2024_editing": {"experiment": "thoery"}}}, "figures.zhu2024_editing.experiment"),
    ],
)
def test_bad_keys_are_named(change: dict[str, Any], named: str) -> None:
    config = yaml.safe_load((ROOT / "config.yaml").read_text())
    if "experiments" in change:
        change = {"experiments": {"theory": copy.deepcopy(config["experiments"]["eigenvalues"])}}
    with pytest.raises(ConfigError, match=named):
        load(config | change)
