"""The simulations of one configuration: their jobs, the products made of them, and what a change reaches."""

from __future__ import annotations

import copy
import os
from pathlib import Path
from typing import Any

import pytest
import yaml

from uncollapse.config.load import load
from uncollapse.errors import ConfigError
from uncollapse.planning.plan import Plan
from uncollapse.planning.products import STAGES
from uncollapse.planning.recipe import Recipe
from uncollapse.theory.simulate import load_simulation, simulation_names

ROOT = Path(__file__).parents[3]


def _plan(**theory: Any) -> Plan:
    config = yaml.safe_load((ROOT / "config.yaml").read_text())
    config["theory"] = theory.get("theory", {"simulations": theory})
    return Plan(load(config))


def _simulated(plan: Plan) -> list[str]:
    return list(plan.settings.theory.simulated()) if plan.settings.theory is not None else []


def _simulation(plan: Plan, name: str) -> Recipe:
    return plan.recipe("simulate", simulation=name)


def _inputs(plan: Plan, kind: str, name: str) -> dict[str, list[str]]:
    rule, _, wildcard, _ = STAGES[kind]
    return plan.recipe(rule, **{wildcard: name}).inputs


def _specs(plan: Plan) -> dict[str, str]:
    return {name: _simulation(plan, name).text for name in _simulated(plan)}


def test_all_simulations_run_unless_config_says_otherwise() -> None:
    assert sorted(_simulated(_plan())) == simulation_names()
    assert sorted(_simulated(_plan(ridge=None))) == [name for name in simulation_names() if name != "ridge"]
    assert _plan(theory=None).simulations() == _simulated(_plan(theory=None)) == []


def test_a_setting_reaches_its_own_simulation_and_no_other() -> None:
    before, after = _specs(_plan()), _specs(_plan(mixture_curves={"penalty": 0.5}))
    assert {name for name in before if before[name] != after[name]} == {"mixture_curves"}
    reseeded = _specs(_plan(theory={"seed": 1}))
    assert all(before[name] != reseeded[name] for name in before)


@pytest.mark.parametrize("name", simulation_names())
def test_a_spec_is_what_the_command_validates(name: str) -> None:
    spec = _simulation(_plan(), name).spec
    assert spec["simulation"] == name
    kind = load_simulation(name).Settings
    assert kind(**spec["settings"]) == kind()


def test_a_simulation_runs_its_own_modules() -> None:
    plan = _plan()
    code = {name: {entry.partition("@")[0] for entry in _simulation(plan, name).code} for name in simulation_names()}
    own = {name: {entry for entry in code[name] if entry.startswith("uncollapse.theory.simulations.")} for name in code}
    assert own == {name: {f"uncollapse.theory.simulations.{name}"} for name in code}
    assert "uncollapse.theory.lbfgs" in code["finite_sample"]
    assert "uncollapse.theory.lbfgs" not in code["editing"]


def test_products_follow_what_is_simulated() -> None:
    whole, without = _plan(), _plan(editing=None)
    for kind, name in (("figures", "zhu2024_editing"), ("tables", "zhu2024_rules"), ("claims", "zhu_editing")):
        assert name in whole.products.of_kind(kind)
        assert set(whole.products.of_kind(kind)) - set(without.products.of_kind(kind)) == {name}
    none = _plan(theory=None)
    assert {
        experiment for kind in ("figures", "tables", "claims") for experiment in none.products.of_kind(kind).values()
    } == set(none.settings.experiments)
    assert not any("/theory/" in path for path in none.accounted())


def test_products_are_made_of_simulations_and_papers_numbers() -> None:
    inputs = _inputs(_plan(), "claims", "zhu_editing")
    assert inputs["editing"] == ["results/theory/editing.parquet"]
    assert inputs["reported_zhu2024_table9"] == [os.path.relpath(ROOT / "workflow/reported/zhu2024_table9.csv")]
    assert "reported" not in _inputs(_plan(), "tables", "zhu2024_rules")
    assert "reported" in _inputs(_plan(), "tables", "feng2024_table1")


def test_every_artifact_of_the_theory_has_a_recipe() -> None:
    plan = _plan()
    for path in [*plan.simulations(), *plan.products.of_experiment("theory")]:
        recipe = plan.recipe_of(path)
        assert recipe is not None, path
        assert path in recipe.outputs.values()
    assert plan.recipe_of("results/theory/nothing.parquet") is None
    recipe = plan.recipe_of("results/theory/ridge.parquet")
    assert recipe is not None
    assert recipe.key_of("settings") == "theory.simulations.ridge"


def test_longer_simulations_come_first() -> None:
    plan = _plan()
    priority = plan.stage("simulate").priority
    assert callable(priority)
    order = sorted(_simulated(plan), key=priority, reverse=True)
    assert order[:2] == ["finite_sample", "mixture_breakdown"]
    assert max(map(priority, order)) < 0, "whatever an experiment waits for goes first"


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
