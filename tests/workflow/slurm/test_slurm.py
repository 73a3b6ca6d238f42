"""A small scale through profiles/slurm and a real Slurm: killed jobs run again, and the bytes are a local run's."""

import hashlib
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

import psutil
import pytest
from one_node_slurm import install, one_node_slurm

from cluster_plugins import need
from conftest import ROOT, snakemake, tiny_arguments

Found = TypeVar("Found")
pytestmark = pytest.mark.workflow
SCALE = ("tests/workflow/micro.yaml", "tests/workflow/slurm/few_jobs.yaml")

# what a cluster wants long is short here: the wait for a network file system. Few jobs at a time: they share two cores
IMPATIENT = ["--latency-wait", "5", "--jobs", "3", "--cores", "2"]


@pytest.fixture(scope="module")
def slurm() -> Iterator[dict[str, str]]:
    """The environment in which sbatch finds a Slurm of this test's own."""
    need("snakemake_executor_plugin_slurm")
    if reason := install():
        pytest.skip(f"no Slurm can be started: {reason}")
    with tempfile.TemporaryDirectory(prefix="slurm-") as folder, one_node_slurm(Path(folder)) as environment:
        yield environment


def test_killed_jobs_are_tried_again_and_the_bytes_are_a_local_runs(slurm: dict[str, str], tmp_path: Path) -> None:
    local = tmp_path / "local/results"
    snakemake(*tiny_arguments(local, *SCALE))
    results, log = tmp_path / "results", tmp_path / "snakemake.log"
    profile = ["--profile", "profiles/slurm", "--slurm-logdir", str(tmp_path / "slurm"), *IMPATIENT]
    store = f"store={tmp_path / 'store'}"  # of its own: nothing may come from the local run's
    impatient = str(Path(__file__).with_name("impatient_snakemake.py"))
    command = [sys.executable, impatient, "--nolock", *profile, *tiny_arguments(results, *SCALE), store]
    with log.open("w") as written:
        run = subprocess.Popen(command, cwd=ROOT, env=slurm, stdout=written, stderr=written)
        try:
            _soon(lambda: _working("train", results), run).kill()
            labelling = _soon(lambda: _working("label", results), run)
            subprocess.run(["scancel", labelling.environ()["SLURM_JOB_ID"]], env=slurm, check=True)
            assert run.wait(1800) == 0, log.read_text()[-6000:]
        finally:
            run.terminate()
            run.wait(60)

    jobs = _jobs(slurm)
    ended_badly = {job["does"]: job["state"] for job in jobs if job["state"] != "COMPLETED"}
    assert sorted(ended_badly.values()) == ["CANCELLED", "FAILED"], ended_badly
    assert log.read_text().count("Trying to restart job") == 2
    for does in ended_badly:
        assert [job["memory"] for job in jobs if job["does"] == does] == ["8000M", "16000M"]
    # models on the GPU partition, and short jobs together
    assert {job["does"].split("_")[0] for job in jobs if job["partition"] == "gpu"} == {"train", "label"}
    elsewhere = {job["does"].split("_")[0] for job in jobs if job["partition"] == "cpu"}
    assert elsewhere == {"sample", "simulate", "select", "judge", "present"}
    assert sum(job["does"].startswith("present") for job in jobs) == 1

    assert _artifacts(results) == _artifacts(local)
    assert "Nothing to be done" in snakemake(*tiny_arguments(results, *SCALE)).stderr


def _soon(find: Callable[[], Found | None], run: subprocess.Popen[bytes]) -> Found:
    """The first thing found while the run goes on."""
    while run.poll() is None:
        if (found := find()) is not None:
            return found
        time.sleep(0.05)
    raise AssertionError("the run ended before")


def _working(stage: str, results: Path) -> psutil.Process | None:
    """A process that runs this stage for these results."""
    for process in psutil.process_iter(["cmdline"]):
        arguments = process.info["cmdline"] or []
        body = f"uncollapse.experiments.sequence.stages.{stage}"
        if arguments[1:3] == [str(ROOT / "scripts/stage.py"), body] and str(results) in " ".join(arguments):
            return process
    return None


def _jobs(environment: dict[str, str]) -> list[dict[str, str]]:
    """What Slurm says of its jobs, in the order in which they were submitted."""
    command = ["squeue", "--noheader", "--states=all", "--sort=i", "--format=%i %T %P %m %k"]
    listed = subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout
    names = ("id", "state", "partition", "memory", "does")
    jobs = [dict(zip(names, line.split(maxsplit=4), strict=True)) for line in listed.splitlines()]
    return [job | {"does": job["does"].removeprefix("rule_")} for job in jobs]


def _artifacts(results: Path) -> dict[str, str]:
    """Hashes of all artifacts. The report names the folder of its results, which is the only difference it may have."""
    found = {}
    for path in sorted(results.rglob("*")):
        name = path.relative_to(results)
        if path.is_file() and name.parts[0] != "logs" and not re.search(r"(^|/)\.", str(name)):
            content = path.read_bytes()
            if path.suffix == ".html":
                content = content.replace(str(results).encode(), b"results")
            found[str(name)] = hashlib.sha256(content).hexdigest()
    return found
