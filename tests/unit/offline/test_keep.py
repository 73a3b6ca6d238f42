"""A finished experiment of a scale is kept, and nothing else is."""

from __future__ import annotations

import json
import subprocess
from datetime import date
from pathlib import Path

import pandas as pd
import pytest
import stage_workflow

from system_programs import needs
from uncollapse.analysis.kept_table import kept_table
from uncollapse.analysis.scale_claims import kept_claims
from uncollapse.artifacts.measured_parts import MeasuredPart, parts_below
from uncollapse.config.files import read
from uncollapse.errors import ArtifactError, ConfigError
from uncollapse.jobs.log import cost_line
from uncollapse.jobs.store import Store
from uncollapse.offline.commit import clean_commit, tracked
from uncollapse.offline.keep import Told, keep
from uncollapse.offline.processor_time import processor_seconds
from uncollapse.planning import measured
from uncollapse.planning.plan import Plan
from uncollapse.reruns.why import Why

ROOT = Path(__file__).parents[3]
TABLE, CLAIM = "gerstgrasser2024_rounds", "gerstgrasser_accumulation"
TOLD = Told(
    commit="0123456789",
    machine="two CPU cores",
    note="In an hour.",
    further={"part.yaml": {"fresh_since": date(2099, 1, 1)}},
)
SIMULATIONS = (
    "mixture_curves", "mixture_breakdown", "supervised_curves", "supervised_breakdown", "survivors", "margin_gap",
    "finite_sample", "least_squares", "ridge", "adaptive_ridge", "adaptive_limit", "editing", "own_samples",
)  # fmt: skip
OVERLAY = {
    "scale": "small",
    "fresh_since": "2099-01-01",
    "experiments": {
        "eigenvalues": None,
        "summaries": None,
        "collapse": None,
        "arithmetic": None,
        "self_improvement": None,
        "generations": None,
    },
    "figures": {"gerstgrasser2024_grid": None, "gerstgrasser2024_accumulation": None},
    "theory": {
        "simulations": dict.fromkeys(SIMULATIONS)
        | {
            "accumulation": {
                "dimensions": [1, 10],
                "n_points": [10, 32],
                "noise_variances": [1.0],
                "rounds": [1, 2, 5],
                "trials": 4,
                "row_trials": 2,
            }
        }
    },
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the products of one small simulation, and what they were made from."""
    folder = tmp_path_factory.mktemp("run")
    (folder / "small.yaml").write_text(json.dumps(OVERLAY))
    with pytest.MonkeyPatch.context() as patched:
        patched.chdir(folder)
        plan = _plan()
        workflow = stage_workflow.Workflow(plan)
        for path in plan.products.of_experiment("theory"):
            workflow.make(path)
        log = Path(plan.logs_of(plan.simulations()[0])[0])
        log.parent.mkdir(parents=True)
        log.write_text("simulated\n3.0 s, 7.5 s of processor time, 0.28 GB at most\n")
    return folder


@pytest.fixture
def why(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Why:
    monkeypatch.chdir(folder)
    return Why(_plan(), Store(Path("store")))


def _plan() -> Plan:
    return Plan(read(ROOT / "config.yaml", [Path("small.yaml")]), overlays=["small.yaml"])


def test_tables_and_verdicts_are_those_of_the_run(why: Why, tmp_path: Path) -> None:
    part = keep(why, "theory", TOLD, tmp_path)
    assert part == MeasuredPart(tmp_path / "small/theory")
    assert parts_below(tmp_path) == [part]
    assert list(part.tables) == [TABLE]
    about = part.about()
    told = {key: about[key] for key in ("scale", "experiment", "commit", "machine", "note", "trainings")}
    assert told == {
        "scale": "small", "experiment": "theory", "commit": "0123456789", "machine": "two CPU cores",
        "note": "In an hour.", "trainings": 0,
    }  # fmt: skip
    assert about["further_overlays"] == {"part.yaml": {"fresh_since": "2099-01-01"}}
    assert about["settings"]["simulations"]["accumulation"]["trials"] == 4
    assert about["jobs"] == {"products.check_claims": 1, "products.make_table": 1, "theory.simulate": 1}
    assert (about["processor_seconds"], about["jobs_without_time"]) == (7.5, 2)
    frame = pd.read_parquet(f"results/tables/{TABLE}.parquet")
    pd.testing.assert_frame_equal(kept_table(part.table_file(TABLE), about["columns"][TABLE], list(frame)[:3]), frame)
    found = pd.read_parquet(f"results/claims/{CLAIM}.parquet").set_index("id")
    kept = kept_claims(part.claims_file).set_index("id")
    assert sorted(kept.index) == sorted(set(found.index))
    alone = found[found["reading"] == 0]
    for name in ("verdict", "value", "low", "high", "statistic"):
        assert kept.loc[alone.index, name].equals(alone[name]), name
    ran = kept[kept["verdict"] != "not run at this scale"]
    assert set(ran["kind"]) <= {"confirmatory", "check of the program"}
    assert ran["limit_set"].str.len().min() > 0


def test_what_was_kept_before_is_replaced(why: Why, tmp_path: Path) -> None:
    old = tmp_path / "small/theory/tables/gone.csv"
    old.parent.mkdir(parents=True)
    old.write_text("")
    assert list(keep(why, "theory", TOLD, tmp_path).tables) == [TABLE]


def test_an_unfinished_experiment_is_not_kept(why: Why, tmp_path: Path) -> None:
    table = Path(f"results/tables/{TABLE}.md")
    text = table.read_text()
    table.unlink()
    try:
        with pytest.raises(
            ArtifactError, match=r"theory is not finished: 1 of 4 files .*rounds\.md; run: snakemake .*small"
        ):
            keep(why, "theory", TOLD, tmp_path)
    finally:
        table.write_text(text)
    assert not list(tmp_path.iterdir())


def test_what_is_out_of_date_is_not_kept(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    changed = read(ROOT / "config.yaml", [Path("small.yaml")], ["theory={seed: 1}"])
    with pytest.raises(
        ArtifactError, match=r"out of date: .*accumulation\.parquet \(config theory\.seed was 0 and is 1\)"
    ):
        keep(Why(Plan(changed), Store(Path("store"))), "theory", TOLD, tmp_path)
    with pytest.raises(ConfigError, match="there are: theory"):
        keep(Why(_plan(), Store(Path("store"))), "eigenvalues", TOLD, tmp_path)
    assert not list(tmp_path.iterdir())


def test_a_part_stands_beside_runs_of_other_scales_that_have_its_experiment(why: Why, tmp_path: Path) -> None:
    part = keep(why, "theory", TOLD, tmp_path)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(measured, "of_checkout", lambda path: str(tmp_path))
        default = Plan(read(ROOT / "config.yaml"))
        assert default.recipe("gather_claims").inputs["measured_claims"] == [str(part.claims_file)]
        assert default.recipe("write_report").inputs["measured_tables"] == [str(part.table_file(TABLE))]
        assert "measured_about" not in why.plan.recipe("gather_claims").inputs  # of the same scale
        without = Plan(read(ROOT / "config.yaml", [ROOT / "scales/evidence.yaml"]))
        assert "measured_about" not in without.recipe("gather_claims").inputs
        part.about_file.write_text('{"scale": "small"}')
        with pytest.raises(ArtifactError, match=r"about\.json: does not say experiment, commit"):
            default.report.claims_job()


@needs("git")
def test_a_commit_is_that_of_unchanged_files(tmp_path: Path) -> None:
    def git(*command: str) -> None:
        identity = ["-c", "user.name=a", "-c", "user.email=a@b"]
        subprocess.run(["git", "-C", str(tmp_path), *identity, *command], check=True, capture_output=True)

    with pytest.raises(ArtifactError, match="no checkout"):
        clean_commit(tmp_path, but="kept/*/**")
    git("init")
    (tmp_path / "code.py").write_text("1")
    git("add", ".")
    git("commit", "-m", "first")
    (tmp_path / "kept/scale").mkdir(parents=True)
    (tmp_path / "kept/scale/about.json").write_text("{}")
    assert len(clean_commit(tmp_path, but="kept/*/**")) == 40
    assert tracked(tmp_path, tmp_path / "code.py")
    assert not tracked(tmp_path, tmp_path / "kept/scale/about.json")
    (tmp_path / "new.py").write_text("2")
    (tmp_path / "code.py").write_text("2")
    with pytest.raises(ArtifactError, match=r"code\.py, new\.py changed or added"):
        clean_commit(tmp_path, but="kept/*/**")


def test_processor_time_is_that_of_the_newest_log(tmp_path: Path) -> None:
    first, second = tmp_path / "a.log", tmp_path / "b.log"
    assert processor_seconds([first, second]) is None
    first.write_text(f"said\n{cost_line(2.0, 0.5)}\n")
    assert processor_seconds([first, second]) == 0.5
    second.write_text("3.0 s, 0.8 s of processor time, 0.28 GB at most\n")
    assert processor_seconds([first, second]) == 0.8
