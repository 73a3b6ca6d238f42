"""Shortcuts of Snakemake's graph of jobs: plans are the same with and without, and what is left out is counted."""

import asyncio
import contextlib
import inspect
import os
import re
from collections.abc import Callable, Iterator
from itertools import chain
from pathlib import Path
from typing import Any

import pytest

import snakemake.api  # isort: skip (before its parts, which import each other)
import snakemake.io
from snakemake.dag import DAG
from snakemake.exceptions import ChildIOException, WorkflowError
from snakemake.io import IOFile, flag
from snakemake.jobs import Job
from snakemake.rules import Rule
from snakemake.settings.types import OutputSettings, ResourceSettings

from uncollapse.reruns import graph_shortcuts
from uncollapse.reruns.shortcuts import _ORDINARY

pytestmark = pytest.mark.usefixtures("places")

OURS = ("start", "train", "evaluate")
SHORTCUTS: dict[str, Callable[[], None]] = {
    "share_inputs": lambda: graph_shortcuts.share_inputs(_ORDINARY.fullmatch),
    "keep_less": graph_shortcuts.keep_less,
    "compare_as_texts": graph_shortcuts.compare_as_texts,
    "look_into_folders": lambda: graph_shortcuts.look_into_folders(_ORDINARY.fullmatch),
    "ask_in_turn": graph_shortcuts.ask_in_turn,
    "remember_makers": graph_shortcuts.remember_makers,
    "look_at_folders": graph_shortcuts.look_at_folders,
    "wait_silently": graph_shortcuts.wait_silently,
    "count_no_resources": lambda: graph_shortcuts.count_no_resources(OURS),
    "check_once": lambda: graph_shortcuts.check_once(_ORDINARY.fullmatch, OURS),
}


def _all() -> None:
    for shortcut in EACH:
        shortcut()


EACH = tuple(SHORTCUTS.values())
SHORTCUTS["all"] = _all

# models learn from the labels of all rounds before, as many small files as a sweep has; with paths, flags and rules of
# which shortcuts leave Snakemake some or all
WORKFLOW = """
ROUNDS = 6

def learned(wildcards):
    number = int(wildcards.number)
    if number > ROUNDS:
        raise ValueError("no such round")
    before = {"before": f"r/models/{number - 1}"} if number else {"none": []}
    about = "./about.csv" if number == 5 else local("about.csv")
    return {"data": local("own_data.csv"), "labels": [f"r/labels/{n}" for n in range(number)], "about": about} | before

def judged(wildcards):
    if wildcards.seed == "2":
        return {"model": "r/models/{number}"}
    return {"model": f"r/models/{wildcards.number}"} | ({"data": ["own data.csv"]} if wildcards.seed == "1" else {})

rule start:
    output: "r/labels/{number,[0-9]+}"
    log: "r/logs/start/{number}.log"
    priority: 2
    shell: "touch {output}"

rule train:
    input: unpack(learned)
    output: model="r/models/{number,[0-9]+}", curve="r/curves/{number}"
    log: "r/logs/train/{number}.log"
    priority: lambda wildcards: int(wildcards.number)
    resources: mem_mb=lambda wildcards, attempt: 100 * attempt
    shell: "touch {output}"

rule evaluate:
    input: unpack(judged)
    output: temp("r/scores/{number}.{seed}") if TEMPORARY else "r/scores/{number}.{seed}"
    log: "r/logs/evaluate/{number}.{seed}.log"
    shell: "touch {output}"

rule evaluate_first:
    input: "r/models/{number}", unpack(lambda wildcards: ["about.csv", ancient("r/curves/0")])
    output: "r/scores/{number}.0"
    shell: "touch {output}"

ruleorder: evaluate_first > evaluate

rule total:
    input: expand("r/models/{number}", number=range(ROUNDS)), first="r/labels/0"
    output: "r/total"
    threads: 2
    shell: "touch {output}"

rule all:
    default_target: True
    input:
        expand("r/scores/{number}.{seed}", number=range(ROUNDS + 1), seed=range(3)),
        rules.total.output,
"""


def _made(*paths: str, at: int) -> None:
    for path in map(Path, paths):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
        os.utime(path, (at, at))


STATES: dict[str, Callable[[], None]] = {
    "nothing": lambda: None,
    "some": lambda: _made(*(f"r/labels/{n}" for n in range(4)), *(f"r/models/{n}" for n in range(3)), at=2000),
    "outdated": lambda: (
        _made(*(f"r/{kind}/{n}" for kind in ("models", "curves") for n in range(7)), at=2000),
        _made(
            *(f"r/labels/{n}" for n in range(6)), *(f"r/scores/{n}.{k}" for n in range(7) for k in range(3)), at=3000
        ),
        _made("r/total", at=3000),
        _made("r/labels/3", at=1000),
        _made("r/models/1", at=4000),
    )[0],
    "finished": lambda: (
        _made(*(f"r/labels/{n}" for n in range(6)), at=2000),
        _made(*(f"r/{kind}/{n}" for kind in ("models", "curves") for n in range(7)), at=2000),
        _made(*(f"r/scores/{n}.{k}" for n in range(7) for k in range(3)), "r/total", at=3000),
    )[0],
}


def _dag(workflow: str = WORKFLOW, temporary: bool = False) -> Any:
    """Snakemake's graph of jobs after a dry run."""
    Path("Snakefile").write_text(f"TEMPORARY = {temporary}\n{workflow}")
    with snakemake.api.SnakemakeApi(OutputSettings(dryrun=True)) as api:
        read = api.workflow(resource_settings=ResourceSettings(cores=2), snakefile=Path("Snakefile"))
        read.dag().execute_workflow(executor="dryrun")
        return read._workflow.dag


def _plan(temporary: bool = False) -> list[Any]:
    """All that a dry run finds of each job, in the order of its graph."""
    dag = _dag(temporary=temporary)
    return [
        {
            "job": _name(job),
            "input": [(str(file), dict(file.flags), type(file), file.rule.name) for file in job.input],
            "named": {key: ([value] if isinstance(value, str) else [*value]) for key, value in job.input.items()},
            "output": [(str(file), dict(file.flags)) for file in job.output],
            "needs": [(_name(other), sorted(files)) for other, files in dag.dependencies[job].items()],
            "read by": sorted(map(_name, dag.depending.get(job, ()))),
            "runs": dag.needrun(job),
            "reason": sorted(re.split(r"[ ,]+", str(dag.reason(job)))),
            "priority": dag._priority.get(job),
            "log": [*map(str, job.log)],
            "number": dag.jobid(job),
        }
        for job in dag.jobs
    ]


def _name(job: Any) -> list[str]:
    return [job.rule.name, *map(str, job.output)]


def _told(capsys: pytest.CaptureFixture[str]) -> list[str]:
    """Words that a dry run printed; the order of jobs that need not wait for each other, and of files, is chance."""
    told = capsys.readouterr().err.partition("Building DAG of jobs")[2]
    return sorted(re.split(r"[,\s]+", re.sub(r"^\[.*\]$", "", told, flags=re.MULTILINE)))


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    _made("own data.csv", "own_data.csv", "about.csv", at=1000)


@pytest.mark.parametrize("temporary", [False, True])
@pytest.mark.parametrize("state", STATES)
def test_plans_are_those_of_snakemake(
    state: str, temporary: bool, capsys: pytest.CaptureFixture[str], places: list[tuple[Any, str]]
) -> None:
    STATES[state]()
    theirs, told = _plan(temporary), _told(capsys)
    assert ("Nothing" in told) is (state == "finished")
    for name, shortcut in SHORTCUTS.items():
        with _as_it_is(places):
            shortcut()
            assert _plan(temporary) == theirs, name
            assert _told(capsys) == told, name


@contextlib.contextmanager
def _as_it_is(places: list[tuple[Any, str]]) -> Iterator[None]:
    """Snakemake, which is then as it was."""
    with pytest.MonkeyPatch.context() as here:
        for owner, name in places:
            here.setattr(owner, name, inspect.getattr_static(owner, name))
        yield


# a method that is called less often with each shortcut
LESS: dict[str, tuple[Any, str]] = {
    "share_inputs": (snakemake.io._IOFile, "apply_wildcards"),
    "look_into_folders": (Path, "absolute"),
    "ask_in_turn": (asyncio.TaskGroup, "create_task"),
    "remember_makers": (DAG, "update"),
    "look_at_folders": (snakemake.io._IOFile, "exists_local"),
    "wait_silently": (DAG, "_ready"),
    "count_no_resources": (Rule, "expand_resources"),
    "check_once": (Rule, "expand_log"),
}


@pytest.mark.parametrize("name", LESS)
def test_work_is_left_out(name: str, places: list[tuple[Any, str]], monkeypatch: pytest.MonkeyPatch) -> None:
    counts: list[int] = []
    owner, method = LESS[name]
    taken = getattr(owner, method)

    def counted(*arguments: Any, **named: Any) -> Any:
        counts[-1] += 1
        return taken(*arguments, **named)

    with _as_it_is(places):
        monkeypatch.setattr(owner, method, counted)
        monkeypatch.setattr(Job, "log_info", lambda job: None)  # as where Snakemake is quiet, which asks for resources
        for shortcut in (lambda: None, SHORTCUTS[name]):
            counts.append(0)
            shortcut()
            _plan()
    assert counts[1] < counts[0]


def test_resources_that_cannot_be_found_are_told_of() -> None:
    SHORTCUTS["count_no_resources"]()
    with pytest.raises(WorkflowError, match="no memory"):
        _dag(WORKFLOW.replace("100 * attempt", "NOTHING['no memory']").replace("ROUNDS = 6", "ROUNDS, NOTHING = 6, {}"))


def test_files_are_shared_by_the_jobs_of_a_rule() -> None:
    SHORTCUTS["share_inputs"]()
    found: dict[tuple[str, str], set[int]] = {}
    for job in _dag().jobs:
        for file in job.input:
            found.setdefault((job.rule.name, str(file)), set()).add(id(file))
    # jobs that read paths which are not ordinary are left to Snakemake
    assert len(found["train", "r/labels/0"]) == len(found["train", "own_data.csv"]) == 2
    assert len(found["evaluate", "own data.csv"]) == 7


def test_files_are_compared_as_snakemake_does() -> None:
    def function(wildcards: Any) -> str:
        return "a"

    flagged = flag("a", "temp")
    files = [IOFile(each, rule=None) for each in ("a", "a/", "b", flagged, function, lambda wildcards: "a")]
    texts = [*files, *(IOFile(file, rule=None) for file in files), "a", flagged]

    def same() -> list[bool]:
        assert all(hash(one) == hash(other) for one in texts for other in texts if one == other)
        return [one == other for one in texts for other in texts]

    theirs = same()
    SHORTCUTS["compare_as_texts"]()
    assert same() == theirs


@pytest.mark.parametrize(
    ("outputs", "nested"),
    [
        (("r/a", "r/a/b"), True),
        (("r/a", "r/a/b/c"), True),
        (("r/a", "r/ab", "r/a.b/c"), False),
        (("r/a", "{here}/r/a/b"), True),
        (("r/x/../a", "r/x"), True),
        (("r/x/./a", "r/x"), True),
        (("a b", "a b/c"), True),
        (("a", "b"), False),
    ],
)
def test_outputs_within_outputs_are_found(outputs: tuple[str, ...], nested: bool, tmp_path: Path) -> None:
    files = [file.format(here=tmp_path) for file in outputs]
    rules = [f'rule:\n    output: directory("{file}")\n    shell: "touch {{output}}"\n' for file in files]
    workflow = "".join(rules) + f"rule all:\n    default_target: True\n    input: {files}\n"
    look_into = SHORTCUTS["look_into_folders"]
    for shortcut in (lambda: None, look_into):
        shortcut()
        with pytest.raises(ChildIOException) if nested else contextlib.nullcontext():
            _dag(workflow)


def test_what_is_kept_less_is_there_when_it_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    SHORTCUTS["keep_less"]()
    monkeypatch.setattr(Job, "log_info", lambda job: None)
    dag = _dag(temporary=True)
    jobs = [*dag.jobs]
    assert len({id(job.touch_output) for job in jobs}) == 1
    made = {*map(str, chain(*(job.temp_output for job in jobs)))}
    assert made == {f"r/scores/{number}.{seed}" for number in range(7) for seed in (1, 2)}
    train = next(job for job in jobs if "r/models/3" in job.output)
    assert train._log is None
    assert [*train.log] == ["r/logs/train/3.log"]
    assert train.output_by_path == {"r/models/3": "r/models/3", "r/curves/3": "r/curves/3"}
    assert dag.reason(train)._updated_input is None
    assert dag.reason(train).updated_input == set()
    assert {*map(str, dag.reason(train).missing_output)} == {"r/models/3"}


def test_a_maker_that_left_the_graph_is_looked_for_again() -> None:
    SHORTCUTS["remember_makers"]()
    dag = _dag()
    reader, maker = (next(job for job in dag.jobs if path in job.output) for path in ("r/models/3", "r/labels/0"))

    async def known() -> bool:
        found = [each async for each in dag.collect_potential_dependencies(reader, {})]
        return {str(each.file): each.known for each in found}["r/labels/0"]

    assert asyncio.run(known())
    dag.delete_job(maker, recursive=False)
    assert not asyncio.run(known())
