"""Jobs of a plan one after another: what is left to do, and what each command names."""

from __future__ import annotations

from pathlib import Path

import pytest

from uncollapse.config.files import read
from uncollapse.planning import Plan
from uncollapse.recipe import recipe_of
from uncollapse.sequential import Jobs, outputs

ROOT = Path(__file__).parents[2]


@pytest.fixture
def plan(tmp_path: Path) -> Plan:
    """The smoke scale."""
    settings = read(ROOT / "config.yaml", [ROOT / "scales/smoke.yaml"], [f"results={tmp_path}/r"])
    return Plan(settings, scripts=ROOT / "scripts")


def test_everything_comes_after_what_it_needs(plan: Plan) -> None:
    target = plan.path("eigenvalues", "evaluations", "best_of_25-model_a-seed0.greedy")
    waiting = list(Jobs(plan).waiting(target))
    made: set[str] = set()
    for path, recipe in waiting:
        needed = [other for paths in recipe.inputs.values() for other in paths]
        assert all(other in made or recipe_of(plan, other) is None for other in needed), path
        made |= set(outputs(recipe.stage, path).values())
    stages = [recipe.stage for _, recipe in waiting]
    # the generator, and the model that starts from it
    assert stages.count("train") == 2
    assert stages[-1] == "evaluate_model"
    assert target in outputs("evaluate_model", waiting[-1][0]).values()


def test_a_target_is_settled_once(plan: Plan) -> None:
    jobs = Jobs(plan)
    target = plan.path("eigenvalues", "datasets", "train")
    assert len(list(jobs.waiting(target))) == 2
    assert list(jobs.waiting(target)) == []


def test_commands_write_what_the_rules_write(plan: Plan) -> None:
    """The outputs' names are those of workflow/rules/."""
    rules = "".join(path.read_text() for path in (ROOT / "workflow/rules").glob("*.smk"))
    target = plan.path("eigenvalues", "evaluations", "best_of_25-seed0.greedy")
    for path, recipe in Jobs(plan).waiting(target):
        for name in outputs(recipe.stage, path):
            assert f"--output {name}={{output.{name}}}" in rules, (recipe.stage, name)


def test_products_are_snakemakes_part(plan: Plan) -> None:
    with pytest.raises(LookupError, match="Snakemake"):
        outputs("make_table", f"{plan.root}/tables/feng2024_table1.parquet")


def test_the_fast_recipe_is_an_overlay_of_the_papers_sizes() -> None:
    found = read(ROOT / "config.yaml", [ROOT / "scales/paper.yaml", ROOT / "scales/paper_fast.yaml"])
    assert found.scale == "paper_fast"
    experiment = found.experiments["eigenvalues"]
    assert experiment.generator.model.dimension == 512
    assert experiment.generator.training.optimizer.name == "muon"
