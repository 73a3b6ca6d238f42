"""Which of Snakemake's jobs are taken from the store before it counts them: its ways of asking, one by one."""

import asyncio
from collections import defaultdict
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from uncollapse.jobs.stage import Stage
from uncollapse.jobs.store import Store
from uncollapse.reruns.from_store import take_from_store
from uncollapse.reruns.outdated import ContentHashes


class File(str):
    """A file of Snakemake's, in a storage or not."""

    is_storage = False


class Rule:
    """One of Snakemake's rules."""

    def __init__(self, name: str) -> None:
        self.name = name


class Dag:
    """The parts of Snakemake's graph of two jobs, ``first`` and ``second``, that the pass touches."""

    def __init__(self, folder: Path) -> None:
        self.jobs = [Job(folder, "first", "source"), Job(folder, "second", "first")]
        self.dependencies: dict = defaultdict(dict, {self.jobs[1]: {self.jobs[0]: {"first"}}})
        self._needrun, self._finished, self._len = set(self.jobs), set(), 2
        self.forcerules: set = set()
        self.forcefiles: set = set()
        self.recorded: list[str] = []

    async def postprocess(self, *, update_needrun: bool = True, check_initial: bool = False) -> None:
        """Nothing, here."""

    def toposorted(self) -> list[list["Job"]]:
        return [[job] for job in self.jobs]

    def needrun(self, job: "Job") -> bool:
        return job in self._needrun

    def register_running(self, jobs: set["Job"]) -> None:
        assert jobs <= self._needrun

    async def finish(self, job: "Job", *, update_checkpoint_dependencies: bool) -> None:
        assert not update_checkpoint_dependencies
        self._finished.add(job)


class Job:
    """One of Snakemake's jobs."""

    def __init__(self, folder: Path, name: str, reads: str) -> None:
        self.rule = Rule(name)
        self.input, self.output = [File(folder / reads)], [File(folder / name)]
        self.log = [File(folder / f"{name}.log")]


def stage_of(job: Job) -> Stage:
    return Stage(
        body=f"uncollapse.experiments.a.stages.{job.rule.name}",
        spec={},
        code=[],
        inputs={"x": [Path(job.input[0])]},
        outputs={"y": Path(job.output[0])},
    )


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """One that has the results of both jobs, which are deleted."""
    made = Store(tmp_path / "store")
    (tmp_path / "source").write_text("s")
    dag = Dag(tmp_path)
    for job in dag.jobs:
        stage_of(job).run(lambda stage: stage.output("y").write_text(stage.input("x").read_text() + "+"), made)
    for job in dag.jobs:
        Path(job.output[0]).unlink()
    return made


def workflow(dag: Dag, **settings: Any) -> Any:
    async def finished(job: Job) -> None:
        dag.recorded.append(job.rule.name)

    persistence = SimpleNamespace(started=lambda job: None, finished=finished)
    known = SimpleNamespace(checksum={})
    ways = {"local_exec": True, "dryrun": False, "touch": False} | settings
    return SimpleNamespace(dag=dag, persistence=persistence, iocache=known, cores=2, **ways)


def planned(folder: Path, store: Store, dag: Dag, mine: Any = stage_of, **settings: Any) -> list[str]:
    """The jobs that are left to run, once Snakemake holds its lock."""
    found = workflow(dag, **settings)
    take_from_store(found, store, mine, lambda: ContentHashes(folder / "hashes").of)
    asyncio.run(dag.postprocess(update_needrun=False, check_initial=True))
    assert dag._finished == set()
    assert dag._len == len(dag._needrun)
    return [job.rule.name for job in dag.jobs if dag.needrun(job)]


def test_what_the_store_has_is_recorded_and_no_job_any_more(tmp_path: Path, store: Store) -> None:
    dag = Dag(tmp_path)
    assert planned(tmp_path, store, dag) == []
    assert dag.recorded == ["first", "second"]
    assert (tmp_path / "second").read_text() == "s++"


@pytest.mark.parametrize("way", [{"dryrun": True}, {"touch": True}, {"local_exec": False}])
def test_dry_runs_touch_and_clusters_take_nothing(tmp_path: Path, store: Store, way: dict[str, bool]) -> None:
    assert planned(tmp_path, store, Dag(tmp_path), **way) == ["first", "second"]
    assert not (tmp_path / "first").exists()


def test_a_forced_rule_and_what_reads_from_it_run(tmp_path: Path, store: Store) -> None:
    dag = Dag(tmp_path)
    dag.forcerules = {dag.jobs[0].rule}
    assert planned(tmp_path, store, dag) == ["first", "second"]
    dag = Dag(tmp_path)
    dag.forcefiles = {dag.jobs[1].output[0]}
    assert planned(tmp_path, store, dag) == ["second"]


def test_what_is_out_of_date_and_no_more_forced_by_the_user_is_taken(tmp_path: Path, store: Store) -> None:
    dag = Dag(tmp_path)
    take_from_store(workflow(dag), store, stage_of, lambda: ContentHashes(tmp_path / "hashes").of)
    dag.forcefiles.add(dag.jobs[0].output[0])  # as our own judgement does, later
    asyncio.run(dag.postprocess(update_needrun=False, check_initial=True))
    assert dag._needrun == set()


def test_jobs_of_others_and_files_in_a_storage_are_left_alone(tmp_path: Path, store: Store) -> None:
    assert planned(tmp_path, store, Dag(tmp_path), lambda job: None) == ["first", "second"]
    dag = Dag(tmp_path)
    dag.jobs[1].output[0].is_storage = True
    assert planned(tmp_path, store, dag) == ["second"]


def test_it_happens_once_before_anything_runs(tmp_path: Path, store: Store) -> None:
    dag = Dag(tmp_path)
    take_from_store(workflow(dag), store, stage_of, lambda: ContentHashes(tmp_path / "hashes").of)
    asyncio.run(dag.postprocess())
    assert len(dag._needrun) == 2
