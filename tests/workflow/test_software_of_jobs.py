"""What --sdm apptainer and --sdm conda do: jobs run in the image and in the environment file that config names."""

from pathlib import Path

import yaml
from small_theory import TARGET, run, write_config

from conftest import ROOT
from uncollapse.config.conda_environment import environment

# of apptainer, what Snakemake calls: its version, and a command in an image, which this one runs without
APPTAINER = """#!/bin/bash
if [ "$1" = --version ]; then echo "apptainer version 1.3.4"; exit; fi
echo "$@" >> "{calls}"
exec bash -c "${{@: -1}}"
"""


def test_apptainer_runs_each_job_in_the_image(tmp_path: Path) -> None:
    image, calls = tmp_path / "mine.sif", tmp_path / "calls"
    write_config(tmp_path, software={"container": str(image)})
    program = tmp_path / "bin/apptainer"
    program.parent.mkdir()
    program.write_text(APPTAINER.format(calls=calls))
    program.chmod(0o755)
    missing = run(tmp_path, TARGET, "--sdm", "apptainer")
    assert missing.returncode != 0
    assert f"apptainer build {image} envs/jobs.def" in missing.stdout + missing.stderr
    assert not calls.exists()
    image.touch()
    done = run(tmp_path, TARGET, "--sdm", "apptainer")
    assert done.returncode == 0, done.stderr[-3000:]
    assert (tmp_path / TARGET).is_file()
    assert f" {image} " in calls.read_text()


def test_rules_name_the_environment_file_and_the_ordinary_run_needs_no_conda(tmp_path: Path) -> None:
    write_config(tmp_path, software={"conda": "envs/vllm.yaml"})
    planned = run(tmp_path, TARGET, "-n")
    assert planned.returncode == 0, planned.stderr[-3000:]
    asked = run(tmp_path, TARGET, "--sdm", "conda", "-n")
    assert "conda" in asked.stderr.lower(), asked.stderr[-3000:]


def test_the_environment_file_has_the_versions_that_were_tested_together() -> None:
    """``make schema`` writes it."""
    assert (ROOT / "envs/jobs.yaml").read_text(encoding="utf-8") == environment()
    (pip,) = [part["pip"] for part in yaml.safe_load(environment())["dependencies"] if isinstance(part, dict)]
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8").splitlines()
    torch = [pin for pin in pip if pin.startswith("torch==")]
    assert [pin for pin in pip if pin not in torch] == [line[:-2] for line in lock if line and line[0] not in "# "]
    assert len(torch) == 1
    assert f"\n{torch[0]} " in (ROOT / "envs/torch.lock").read_text(encoding="utf-8")
