"""What a report is about: an experiment that a user adds never stands between the papers or changes their verdicts."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from uncollapse.config.files import read
from uncollapse.errors import ConfigError
from uncollapse.planning.plan import Plan

ROOT = Path(__file__).parents[3]
MINE = """
experiments:
  mine:
    kind: sequence
    title: My matrices
    task: {name: eigenvalues, matrix_size: 2}
    sample: {train: 100, validation: 10, test: 20, synthesize: 300}
    generator: {training: {steps: 5}}
    decodings: {greedy: {beams: 1}, wide: {beams: 5}}
    verifiers: {oracle: {kind: tolerance, tolerance: 0.02}}
    datasets:
      no_selection: {decoding: greedy, select: all}
      best: {decoding: wide, verifier: oracle, select: best}
    proxy: {oracle: oracle}
    downstream: {training: {steps: 7}, seeds: [0, 1]}
    evaluation: {generator: [greedy, wide], downstream: [greedy]}
tables: {feng2024_table2: {experiment: mine}}
figures: {learning_curves: {experiment: mine}}
claims: {feng_eigenvalues: {experiment: mine}}
"""


@pytest.fixture
def overlay(tmp_path: Path) -> Path:
    path = tmp_path / "mine.yaml"
    path.write_text(MINE)
    return path


def planned(overlay: Path, *values: str) -> Plan:
    return Plan(read(ROOT / "config.yaml", [overlay], values))


def page(plan: Plan) -> dict[str, Any]:
    return plan.recipe("write_report").spec


def test_what_a_user_adds_comes_after_the_papers_and_their_theory(overlay: Path) -> None:
    plan = planned(overlay)
    names = [section["experiment"] for section in page(plan)["sections"]]
    assert names[-1] == "mine"
    assert set(names[:-1]) == {*plan.settings.experiments, "theory"} - {"mine"}
    assert page(plan)["alone"] == []


def test_its_findings_do_not_count_for_the_papers_claims(overlay: Path) -> None:
    findings = planned(overlay).recipe("gather_claims").inputs["findings"]
    assert "results/claims/feng_eigenvalues.parquet" not in findings
    assert "results/claims/feng_summaries.parquet" in findings
    without = Plan(read(ROOT / "config.yaml")).recipe("gather_claims").inputs["findings"]
    assert "results/claims/feng_eigenvalues.parquet" in without


def test_a_report_about_it_alone_needs_nothing_of_the_others(overlay: Path) -> None:
    plan = planned(overlay, "report={experiments: [mine]}")
    found = plan.recipe("write_report")
    assert [section["experiment"] for section in found.spec["sections"]] == ["mine"]
    assert found.spec["alone"] == ["mine"]
    assert found.inputs["tables"] == ["results/tables/feng2024_table2.parquet"]
    assert found.inputs["figures"] == ["results/figures/learning_curves.svg"]
    assert plan.recipe("gather_claims").inputs["findings"] == ["results/claims/feng_eigenvalues.parquet"]
    every = [path for paths in found.inputs.values() for path in paths if path.startswith("results/")]
    others = [name for name in plan.settings.experiments if name != "mine"]
    assert not [path for path in every for name in others if f"/{name}/" in path]
    assert not found.inputs.get("measured_about")
    assert {Path(path).stem for path in plan.products.paths("tables")} == {"feng2024_table2"}


def test_a_report_about_what_there_is_not_is_an_error(overlay: Path) -> None:
    with pytest.raises(ConfigError, match=r"report\.experiments.*mien"):
        planned(overlay, "report={experiments: [mien]}")


def test_each_part_has_a_page_that_waits_for_nothing_of_the_others() -> None:
    """What is finished is to be read while the rest is made."""
    plan = Plan(read(ROOT / "config.yaml"))
    names = [*plan.settings.experiments, "theory"]
    assert sorted(plan.report.parts()) == sorted(f"results/report.{name}.html" for name in names)
    for path, name in ((path, Path(path).stem.removeprefix("report.")) for path in plan.report.parts()):
        recipe = plan.recipe_of(path)
        assert recipe is not None
        assert [section["experiment"] for section in recipe.spec["sections"]] == [name]
        claims = plan.recipe_of(f"results/parts/{name}.claims.parquet")
        assert claims is not None
        assert recipe.inputs["claims"] == [claims.outputs["claims"]]
        assert set(claims.spec["experiments"].values()) <= {name}
        read_here = [path for paths in (*recipe.inputs.values(), *claims.inputs.values()) for path in paths]
        assert not [path for path in read_here for other in names if other != name and f"/{other}/" in path]
    with pytest.raises(KeyError):
        plan.recipe("write_part", part="mien")


def test_a_report_about_one_experiment_has_no_parts(overlay: Path) -> None:
    assert planned(overlay, "report={experiments: [mine]}").report.parts() == []
