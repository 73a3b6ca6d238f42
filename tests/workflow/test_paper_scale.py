"""The command for machines without Snakemake, at the smallest scale: in one go, and in slices with a kill between."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pandas as pd
import pytest

from conftest import ROOT
from uncollapse.analysis.comparison import read_measured
from uncollapse.products.tables import feng2024_figure4, feng2024_table1

pytestmark = pytest.mark.workflow
COMMAND = [sys.executable, str(ROOT / "scripts/paper_scale.py"), "--threads", "1"]
COMMAND += ["--configfile", str(ROOT / "scales/smoke.yaml"), str(ROOT / "tests/workflow/torture.yaml")]


def _run(state: Path, *options: str) -> int:
    return subprocess.run([*COMMAND, "--state", str(state), *options], check=False).returncode


def _artifacts(state: Path) -> dict[str, bytes]:
    found = sorted((state / "results").rglob("*.parquet")) + sorted((state / "results").rglob("*.safetensors"))
    return {path.relative_to(state).as_posix(): path.read_bytes() for path in found if ".checkpoints" not in path.parts}


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    state = tmp_path_factory.mktemp("undisturbed") / "state"
    assert _run(state) == 0
    return state


def test_slices_and_kills_end_in_the_same_artifacts(undisturbed: Path, tmp_path: Path) -> None:
    state = tmp_path / "state"
    assert _run(state, "--minutes", "0.001") == 3
    with subprocess.Popen([*COMMAND, "--state", str(state)], start_new_session=True) as process:
        checkpoint = state / "results/eigenvalues/models/.checkpoints/generator-seed0.safetensors"
        given_up = time.monotonic() + 120
        while not checkpoint.exists() and time.monotonic() < given_up:
            time.sleep(0.05)
        assert checkpoint.exists(), "training did not begin"
        os.killpg(process.pid, 9)
    # the next slice begins with a half-trained model, and ends with every file in pieces of 4 KiB
    assert _run(state, "--minutes", "0.1", "--pieces", "0.004") in (0, 3)
    assert max(path.stat().st_size for path in state.rglob("*") if path.is_file()) <= 4096 + 512
    assert _run(state) == 0
    assert _artifacts(state) == _artifacts(undisturbed)
    assert not [path for path in state.rglob("*") if ".partial-" in path.name or ".piece" in path.name]


def test_ctrl_c_says_how_to_go_on(tmp_path: Path) -> None:
    state = tmp_path / "state"
    with subprocess.Popen([*COMMAND, "--state", str(state)], stderr=subprocess.PIPE, text=True) as process:
        given_up = time.monotonic() + 120
        while not list(state.rglob("prompts/*.parquet")) and time.monotonic() < given_up:
            time.sleep(0.05)
        process.send_signal(signal.SIGINT)
        told = process.communicate(timeout=120)[1]
    assert process.returncode == 130
    assert told.endswith(f"interrupted: the same command goes on from {state}\n")
    assert "Traceback" not in told
    assert not [path for path in state.rglob("*") if ".partial-" in path.name]


def test_a_finished_state_has_nothing_to_do(undisturbed: Path) -> None:
    before = json.loads((undisturbed / "seconds.json").read_text())
    assert _run(undisturbed) == 0
    assert json.loads((undisturbed / "seconds.json").read_text()) == before


def test_tables_are_measured_with_how_it_was_done(undisturbed: Path) -> None:
    table = read_measured(undisturbed / "measured/feng2024_table1.csv", feng2024_table1.TABLE.keys)
    evaluation = pd.read_parquet(undisturbed / "results/eigenvalues/evaluations/generator-seed0.greedy.parquet")
    for row in table.itertuples():
        one = evaluation.query(
            f"selection == '{row.selection}' and abs(tolerance - {row.tolerance_percent} / 100) < 1e-9"
        )
        assert row.measured == pytest.approx(100 * one["accuracy"].item())
    about = json.loads((undisturbed / "measured/feng2024_table1.json").read_text())
    assert about["machine"]["cpu"]
    assert about["note"].startswith("Every rule once")
    assert about["settings"]["generator"]["training"]["steps"] == 800
    assert about["seconds"]["eigenvalues/models/generator-seed0.safetensors"] > 0


def test_a_wrong_config_is_told(tmp_path: Path) -> None:
    overlay = tmp_path / "wrong.yaml"
    overlay.write_text("colour: blue\n")
    command = [*COMMAND, str(overlay), "--state", str(tmp_path / "state")]
    failed = subprocess.run(command, capture_output=True, text=True, check=False)
    assert failed.returncode == 2
    assert "wrong.yaml: colour: unknown key" in failed.stderr
    assert "Traceback" not in failed.stderr


def test_language_models_run_side_by_side(tmp_path: Path) -> None:
    """Two jobs at a time and one after the other: the same artifacts."""
    overlay = tmp_path / "small.yaml"
    overlay.write_text(
        "experiments: {eigenvalues: null, collapse: null, self_improvement: null,"
        " summaries: {generator: {seeds: [0]}, datasets: {self_12: null, random_12: null}}}\n"
    )
    command = [sys.executable, str(ROOT / "scripts/paper_scale.py"), "--threads", "1", "--experiments", "summaries"]
    command += ["--configfile", str(ROOT / "scales/smoke.yaml"), str(overlay)]
    states = [tmp_path / "one", tmp_path / "two"]
    for state, jobs in zip(states, ("1", "2"), strict=True):
        assert subprocess.run([*command, "--state", str(state), "--jobs", jobs], check=False).returncode == 0
    assert _artifacts(states[0]) == _artifacts(states[1])
    table = read_measured(states[0] / "measured/feng2024_figure4.csv", feng2024_figure4.TABLE.keys)
    assert {"oracle", "weak", "generator", "lead baseline"} <= set(table["selection"])
    assert (states[0] / "results/summaries/proxy/oracle_12.parquet").is_file()


def test_an_experiment_that_config_lacks_is_refused(tmp_path: Path) -> None:
    command = [*COMMAND[:-1], "--experiments", "colapse", "--state", str(tmp_path / "state")]
    failed = subprocess.run(command, capture_output=True, text=True, check=False)
    assert failed.returncode == 2
    told = "--experiments colapse: config has no such experiment; there are: eigenvalues, summaries, collapse"
    assert told in failed.stderr
    assert "Traceback" not in failed.stderr
