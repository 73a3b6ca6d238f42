"""Jobs of a plan without Snakemake: what there is to do, what each command names, and how they run side by side."""

from __future__ import annotations

import contextlib
import signal
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from uncollapse.config.files import read
from uncollapse.jobs.fork_server.start import forking
from uncollapse.offline.without_snakemake import Job, JobError, Jobs
from uncollapse.planning.plan import Plan

ROOT = Path(__file__).parents[3]


@pytest.fixture
def plan(tmp_path: Path) -> Plan:
    """The smoke scale."""
    settings = read(ROOT / "config.yaml", [ROOT / "scales/smoke.yaml"], [f"results={tmp_path}/r"])
    return Plan(settings)


def test_everything_comes_after_what_it_needs(plan: Plan) -> None:
    target = f"{plan.root}/eigenvalues/evaluations/best_of_25-model_a-seed0.greedy.parquet"
    jobs = Jobs(plan).of([target])
    made: set[str] = set()
    for job in jobs:
        assert all(other in made or plan.recipe_of(other) is None for other in job.needs), job.path
        made |= set(job.recipe.outputs.values())
    stages = [job.recipe.stage for job in jobs]
    # the generator, and the model that starts from it
    assert stages.count("sequence.train") == 2
    assert stages[-1] == "sequence.evaluate"
    assert target in jobs[-1].recipe.outputs.values()


def test_a_job_is_there_once(plan: Plan) -> None:
    target = f"{plan.root}/eigenvalues/datasets/train.parquet"
    model = f"{plan.root}/eigenvalues/models/generator-seed0.safetensors"
    curve = f"{plan.root}/eigenvalues/models/generator-seed0.curve.parquet"
    jobs = Jobs(plan).of([target, model, target, curve])
    assert [job.recipe.stage for job in jobs] == [
        f"sequence.{body}" for body in ("sample", "select", "sample", "train")
    ]


def test_commands_name_all_that_a_job_is_made_from(plan: Plan) -> None:
    """Snakemake's command for the same job, of every kind that stages are declared by."""
    targets = [
        f"{plan.root}/eigenvalues/evaluations/best_of_25-seed0.greedy.parquet",
        f"{plan.root}/summaries/evaluations/oracle_12-seed0.greedy.parquet",
        f"{plan.root}/summaries/baselines/test.parquet",
        f"{plan.root}/collapse/task_scores/gpt2_synthetic_0-seed0.parquet",
    ]
    jobs = Jobs(plan)
    of_targets = jobs.of(targets)
    stages = {job.recipe.stage for job in of_targets}
    assert {"sequence.train", "text.train", "sources.prepare_corpus", "sources.import_model"} <= stages
    assert {"pretraining.train", "pretraining.evaluate_tasks"} <= stages
    for job in of_targets:
        _, script, body, *line = jobs.command(job, threads=3)
        assert Path(script) == ROOT / "scripts/stage.py"
        assert body == job.recipe.body
        assert line[line.index("--spec") + 1] == job.recipe.text
        given = set(line[line.index("--code") : line.index("--output")])
        assert {*job.recipe.code, *job.needs} <= given | {word.partition("=")[2] for word in given}
        outputs = [line[place + 1] for place, word in enumerate(line) if word == "--output"]
        assert outputs == [f"{name}={path}" for name, path in job.recipe.outputs.items()]


def test_products_are_jobs_as_all_others_are(plan: Plan) -> None:
    table = f"{plan.root}/tables/feng2024_table1.parquet"
    job = Jobs(plan).of([table])[-1]
    assert job.recipe.stage == "products.make_table"
    assert job.recipe.outputs == {
        "parquet": table,
        "csv": table.replace(".parquet", ".csv"),
        "markdown": table.replace(".parquet", ".md"),
    }


def test_the_fast_recipe_is_an_overlay_of_the_papers_sizes() -> None:
    found = read(ROOT / "config.yaml", [ROOT / "scales/paper.yaml", ROOT / "scales/paper_fast.yaml"])
    assert found.scale == "paper_fast"
    experiment = found.experiments["eigenvalues"]
    assert experiment.generator.model.dimension == 512
    assert experiment.downstream.training.optimizer.name == "muon"


class _Shell(Jobs):
    """Jobs that run a line of shell instead; each notes when it began and ended."""

    def __init__(self, plan: Plan, folder: Path, lines: dict[str, str]) -> None:
        super().__init__(plan)
        self.folder, self.lines = folder, lines

    def command(self, job: Job, *, threads: int) -> list[str]:
        line = next((line for name, line in self.lines.items() if name in job.path), "sleep 0.2")
        name = Path(job.path).name
        note = f"echo begun {name} >> {self.folder}/log; {line}; status=$?; echo ended {name} >> {self.folder}/log"
        made = "; ".join(f"touch {path}" for path in job.recipe.outputs.values())
        return ["sh", "-c", f"{note}; {made}; exit $status"]

    @property
    def log(self) -> list[str]:
        return (self.folder / "log").read_text().splitlines()


def _samples(plan: Plan) -> list[str]:
    return [
        f"{plan.root}/eigenvalues/prompts/{split}.parquet" for split in ("train", "validation", "test", "synthesize")
    ]


@pytest.mark.parametrize("at_once", [1, 2, 3])
def test_so_many_jobs_run_side_by_side(plan: Plan, tmp_path: Path, at_once: int) -> None:
    jobs = _Shell(plan, tmp_path, {})
    assert jobs.run(_samples(plan), deadline=float("inf"), threads=1, at_once=at_once)
    alive, most = 0, 0
    for line in jobs.log:
        alive += 1 if line.startswith("begun") else -1
        most = max(most, alive)
    assert most == at_once
    assert len(jobs.log) == 8
    assert all(seconds >= 0.2 for seconds in jobs.seconds.values())


def test_a_job_waits_for_its_inputs(plan: Plan, tmp_path: Path) -> None:
    jobs = _Shell(plan, tmp_path, {})
    assert jobs.run([f"{plan.root}/eigenvalues/datasets/train.parquet"], deadline=float("inf"), threads=1, at_once=4)
    assert [line.split()[0] for line in jobs.log] == ["begun", "ended", "begun", "ended"]


def test_a_failure_ends_the_jobs_beside_it(plan: Plan, tmp_path: Path) -> None:
    jobs = _Shell(plan, tmp_path, {"prompts/train": "sleep 60", "prompts/validation": "sleep 0.3; false"})
    begun = time.monotonic()
    with pytest.raises(JobError, match=r"sequence\.sample ended with status 1; .*validation\.parquet is not made"):
        jobs.run(_samples(plan), deadline=float("inf"), threads=1, at_once=2)
    assert time.monotonic() - begun < 20
    assert "ended train.parquet" not in jobs.log
    assert "begun test.parquet" not in jobs.log


def test_the_deadline_ends_jobs(plan: Plan, tmp_path: Path) -> None:
    jobs = _Shell(plan, tmp_path, {"prompts": "exec sleep 60"})
    begun = time.monotonic()
    assert not jobs.run(_samples(plan), deadline=begun + 0.5, threads=1, at_once=2)
    assert time.monotonic() - begun < 20
    assert len([line for line in jobs.log if line.startswith("begun")]) == 2
    assert not [line for line in jobs.log if line.startswith("ended")]


class _Dropping(_Shell):
    """Jobs of which the second begins with an interrupt that is lost, as it is in a destructor."""

    def _start(self, job: Job, environment: dict[str, str], **options: Any) -> Any:
        if "validation" in job.path:
            with contextlib.suppress(KeyboardInterrupt):
                signal.raise_signal(signal.SIGINT)
        return super()._start(job, environment, **options)


def test_an_interrupt_that_python_drops_ends_the_run(plan: Plan, tmp_path: Path) -> None:
    jobs = _Dropping(plan, tmp_path, {})
    before = signal.getsignal(signal.SIGINT)
    with pytest.raises(KeyboardInterrupt):
        jobs.run(_samples(plan), deadline=float("inf"), threads=1, at_once=1)
    assert signal.getsignal(signal.SIGINT) is before
    assert not [line for line in jobs.log if "test.parquet" in line]


def test_what_nothing_makes_is_named(plan: Plan) -> None:
    with pytest.raises(
        JobError, match=r"models/nothing\.safetensors: is not there, and nothing in this config makes it"
    ):
        Jobs(plan).of([f"{plan.root}/eigenvalues/models/nothing.safetensors"])


def test_packages_come_from_the_folder_that_config_names(plan: Plan, tmp_path: Path) -> None:
    settings = plan.settings.model_copy(update={"packages_folder": str(tmp_path / "brought")})
    brought = Plan(settings)
    jobs = _Shell(brought, tmp_path, {"prompts": f"echo $UNCOLLAPSE_PACKAGES > {tmp_path}/folder"})
    assert jobs.run(_samples(brought)[:1], deadline=float("inf"), threads=1)
    assert (tmp_path / "folder").read_text().strip() == str(tmp_path / "brought")


# forked jobs

TOLD = """
import os, sys
import numpy
threads = os.environ["OMP_NUM_THREADS"]
with open({log!r}, "a") as log:
    parent = open(f"/proc/{{os.getppid()}}/cmdline").read()
    print("server" if "fork_server.server" in parent else "other", sys.executable, threads, file=log)
for output in sys.argv[1:]:
    open(output, "w").close()
"""
# a job that is asked to end and does not, in the middle of writing
STUBBORN = """
import os, signal, sys, time
from pathlib import Path
from uncollapse.jobs.partial import partial_of
signal.signal(signal.SIGTERM, signal.SIG_IGN)
for output in map(Path, sys.argv[1:]):
    partial_of(output).write_text("half")
open({log!r}, "a").write("begun\\n")
time.sleep(60)
"""


class _Python(_Shell):
    """Jobs that run a script of the test's own."""

    def command(self, job: Job, *, threads: int) -> list[str]:
        script = self.folder / "script.py"
        script.write_text(self.lines["script"].format(log=str(self.folder / "log")))
        return [sys.executable, str(script), *job.recipe.outputs.values()]


@pytest.mark.skipif(sys.platform != "linux" or Path("/dev/nvidiactl").exists(), reason="no fork server here")
def test_jobs_of_one_thread_are_forked(plan: Plan, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("UNCOLLAPSE_FORK_SERVER", raising=False)
    jobs = _Python(plan, tmp_path, {"script": TOLD})
    assert jobs.run(_samples(plan), deadline=float("inf"), threads=1)
    assert set(jobs.log[1:]) == {f"server {sys.executable} 1"}, "the first may come before the server listens"
    (tmp_path / "log").unlink()
    assert jobs.run(_samples(plan), deadline=float("inf"), threads=2)
    assert set(jobs.log) == {f"other {sys.executable} 2"}
    (tmp_path / "log").unlink()
    monkeypatch.setenv("UNCOLLAPSE_FORK_SERVER", "0")
    assert jobs.run(_samples(plan), deadline=float("inf"), threads=1)
    assert set(jobs.log) == {f"other {sys.executable} 1"}


def test_another_python_on_the_path_forks_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("UNCOLLAPSE_FORK_SERVER", raising=False)
    other = tmp_path / "python"
    other.write_text("#!/bin/sh\n")
    other.chmod(0o755)
    for path in (str(tmp_path), str(tmp_path / "nothing")):
        with forking({"PATH": path}) as prefix:
            assert prefix is None


@pytest.mark.parametrize("switch", ["0", "1"])
def test_a_job_that_must_be_killed_leaves_no_litter(
    plan: Plan, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, switch: str
) -> None:
    monkeypatch.setenv("UNCOLLAPSE_FORK_SERVER", switch)
    monkeypatch.setattr("uncollapse.offline.without_snakemake._GRACE", 0.2)
    jobs = _Python(plan, tmp_path, {"script": STUBBORN})
    assert not jobs.run(_samples(plan), deadline=time.monotonic() + 4, threads=1, at_once=4)
    assert jobs.log
    assert not [path for path in Path(plan.root).rglob("*") if ".partial" in path.name]
