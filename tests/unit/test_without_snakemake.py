"""Jobs of a plan one after another: what is left to do, and what each command names."""

from __future__ import annotations

from pathlib import Path

import pytest

from uncollapse.config.files import read
from uncollapse.planning import Plan
from uncollapse.recipe import recipe_of
from uncollapse.without_snakemake import Jobs, outputs

ROOT = Path(__file__).parents[2]


@pytest.fixture
def plan(tmp_path: Path) -> Plan:
    """The smoke scale."""
    settings = read(ROOT / "config.yaml", [ROOT / "scales/smoke.yaml"], [f"results={tmp_path}/r"])
    return Plan(settings, scripts=ROOT / "scripts")


def test_everything_comes_after_what_it_needs(plan: Plan) -> None:
    target = plan.path("eigenvalues", "evaluations", "best_of_25-model_a-seed0.greedy")
    jobs = Jobs(plan).of([target])
    made: set[str] = set()
    for job in jobs:
        assert all(other in made or recipe_of(plan, other) is None for other in job.needs), job.path
        made |= set(job.outputs.values())
    stages = [job.recipe.stage for job in jobs]
    # the generator, and the model that starts from it
    assert stages.count("train") == 2
    assert stages[-1] == "evaluate_model"
    assert target in jobs[-1].outputs.values()


def test_a_job_is_there_once(plan: Plan) -> None:
    target = plan.path("eigenvalues", "datasets", "train")
    model = plan.path("eigenvalues", "models", "generator-seed0", ".safetensors")
    curve = plan.path("eigenvalues", "models", "generator-seed0", ".curve.parquet")
    jobs = Jobs(plan).of([target, model, target, curve])
    assert [job.recipe.stage for job in jobs] == ["sample", "select_data", "sample", "train"]


def test_commands_write_what_the_rules_write(plan: Plan) -> None:
    """The outputs' names are those of workflow/rules/."""
    rules = "".join(path.read_text() for path in (ROOT / "workflow/rules").glob("*.smk"))
    targets = [
        plan.path("eigenvalues", "evaluations", "best_of_25-seed0.greedy"),
        plan.path("summaries", "evaluations", "oracle_12-seed0.greedy"),
        plan.path("summaries", "baselines", "test"),
    ]
    jobs = Jobs(plan).of(targets)
    assert {"train", "train_text", "prepare_corpus", "import_model"} <= {job.recipe.stage for job in jobs}
    for job in jobs:
        for name in job.outputs:
            assert f"--output {name}={{output.{name}}}" in rules, (job.recipe.stage, name)


def test_products_are_snakemakes_part(plan: Plan) -> None:
    with pytest.raises(LookupError, match="Snakemake"):
        outputs("make_table", f"{plan.root}/tables/feng2024_table1.parquet")


def test_the_fast_recipe_is_an_overlay_of_the_papers_sizes() -> None:
    found = read(ROOT / "config.yaml", [ROOT / "scales/paper.yaml", ROOT / "scales/paper_fast.yaml"])
    assert found.scale == "paper_fast"
    experiment = found.experiments["eigenvalues"]
    assert experiment.generator.model.dimension == 512
    assert experiment.downstream.training.optimizer.name == "muon"
