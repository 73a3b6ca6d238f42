"""Shortcuts find what Snakemake finds, leave out what nobody sees, and nothing else."""

import importlib.metadata
import inspect
import re
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest

import snakemake.api  # isort: skip (before its parts, which import each other)
import snakemake.dag
import snakemake.iocontainers
import snakemake.jobs
import snakemake.path_modifier
import snakemake.persistence
import snakemake.rules
from snakemake.io import AnnotatedString, IOFile, flag, is_flagged, regex_from_filepattern
from snakemake.iocontainers import InputFiles, OutputFiles, Params
from snakemake.output_index import OutputIndex
from snakemake.persistence import UNREPRESENTABLE, PersistenceBase
from snakemake.persistence.file import FilePersistence
from snakemake.settings.enums import Quietness

from uncollapse.reruns.shortcuts import remembering, take_shortcuts

PARTS = ("dag", "io", "jobs", "path_modifier", "persistence", "rules")
FLAGGING = [getattr(snakemake, part) for part in PARTS]

pytestmark = pytest.mark.usefixtures("places")


class Product:
    """The part of an output file of a rule that an index asks."""

    def __init__(self, pattern: str) -> None:
        self.file = pattern

    def constant_prefix(self) -> str:
        return self.file.partition("{")[0]

    def constant_suffix(self) -> str:
        return self.file.rpartition("}")[2]


class Rule:
    """The part of a rule that an index asks."""

    def __init__(self, *patterns: str) -> None:
        self.patterns, self.asked = patterns, 0

    def products(self) -> Iterator[Product]:
        return map(Product, self.patterns)

    def is_producer(self, path: str) -> bool:
        self.asked += 1
        return any(re.match(regex_from_filepattern(pattern), path) for pattern in self.patterns)


def _workflow(*quiet: Quietness, handlers: tuple[Any, ...] = (), commands: bool = False) -> SimpleNamespace:
    return SimpleNamespace(
        output_settings=SimpleNamespace(quiet={*quiet}, printshellcmds=commands),
        logger_manager=SimpleNamespace(get_log_handlers=lambda: [*handlers]),
    )


def test_rules_of_a_file_are_those_that_snakemake_finds() -> None:
    take_shortcuts(_workflow(), [])
    rules = [
        Rule("results/{experiment}/models/{model}.safetensors", "results/{experiment}/curves/{model}.parquet"),
        Rule("results/{experiment}/models/{model,[a-z]{2}}.safetensors", "results/logs/{experiment}/train/{model}.log"),
        Rule("results/{experiment}/labels/{model}.parquet"),
        Rule("{anything}/{at_all}"),
        Rule("report.html"),
        Rule(),
    ]
    index, theirs = snakemake.dag.OutputIndex(rules), OutputIndex(rules)
    assert type(index) is not OutputIndex
    paths = ["results/a/models/m.safetensors", "results/a/models/mm.safetensors", "results/logs/a/train/mm.log"]
    paths += ["results/a/labels/m.parquet", "results/a/labels/models/m.parquet", "report.html", "other", "reports/html"]
    for path in paths:
        assert index.match_producers(path) == theirs.match_producers(path), path
    rules[0].asked = rules[2].asked = 0
    found = index.match_producers("results/a/models/n.safetensors")
    assert rules[2].asked == 0
    found.clear()  # what one caller does with its answer is not the next one's
    assert index.match_producers("results/a/models/n.safetensors") == {rules[0], rules[3]}
    assert rules[0].asked == 1


def test_a_version_that_no_plan_was_compared_with_goes_on_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    index, expand = snakemake.dag.OutputIndex, snakemake.rules.Rule.expand_input
    for version in ("9.28.0", "9.2.7", "10.0"):
        monkeypatch.setattr(importlib.metadata, "version", lambda name, version=version: version)
        take_shortcuts(_workflow(), [])
        assert (snakemake.dag.OutputIndex, snakemake.rules.Rule.expand_input) == (index, expand)
    monkeypatch.setattr(importlib.metadata, "version", lambda name: "9.27.9")
    take_shortcuts(_workflow(), [])
    assert snakemake.dag.OutputIndex is not index
    assert snakemake.rules.Rule.expand_input is not expand


@pytest.mark.parametrize("switch", ["0", "1"])
def test_snakemake_stays_as_it_is_where_that_is_asked_for(switch: str, monkeypatch: pytest.MonkeyPatch) -> None:
    index = snakemake.dag.OutputIndex
    monkeypatch.setenv("UNCOLLAPSE_SHORTCUTS", switch)
    take_shortcuts(_workflow(), [])
    assert (snakemake.dag.OutputIndex is index) is (switch == "0")


def test_parameters_are_looked_for_once() -> None:
    asked = []

    def find(function: Any) -> Any:
        asked.append(function)
        return inspect.signature(function).parameters

    parameters = remembering(find)
    for function in (Rule.is_producer, Rule().is_producer, Rule().is_producer, lambda wildcards, input: 0):
        assert parameters(function) == inspect.signature(function).parameters
        assert [*parameters(function)] == [*inspect.signature(function).parameters]
    assert len(asked) == 3
    assert [*parameters("".join)] == ["iterable"]  # of C: asked each time


@pytest.mark.parametrize(
    ("workflow", "shown"),
    [
        (_workflow(Quietness.RULES), ["theirs"]),
        (_workflow(Quietness.PROGRESS), ["ours", "theirs"]),
        (_workflow(Quietness.RULES, handlers=("a plugin's",)), ["ours", "theirs"]),
    ],
)
def test_what_nobody_sees_is_not_written_out(workflow: Any, shown: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[str] = []
    monkeypatch.setattr(snakemake.jobs.Job, "log_info", lambda job: seen.append(job.rule.name))
    take_shortcuts(workflow, ["ours"])
    for name in ("ours", "theirs"):
        snakemake.jobs.Job.log_info(SimpleNamespace(rule=SimpleNamespace(name=name)))
    assert seen == shown


@pytest.mark.parametrize(
    ("workflow", "made"),
    [
        (_workflow(), {"ours": 0, "theirs": 1}),
        (_workflow(commands=True), {"ours": 1, "theirs": 1}),
        (_workflow(handlers=("a plugin's",)), {"ours": 1, "theirs": 1}),
    ],
)
def test_commands_are_made_once_where_they_are_shown(
    workflow: Any, made: dict[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    told: list[list[str | None]] = []

    class Job:
        def __init__(self, name: str) -> None:
            self.rule = SimpleNamespace(name=name)

        @property
        def shellcmd(self) -> str:
            asked.append(self.rule.name)
            return f"command of {self.rule.name}"

        def log_info(self) -> None:
            if self.rule.name == "failing":
                raise ValueError("it cannot be described")
            told.append([self.shellcmd, self.shellcmd, self.shellcmd])

    monkeypatch.setattr(snakemake.jobs, "Job", Job)
    take_shortcuts(workflow, ["ours"])
    for name, times in made.items():
        job = Job(name)
        job.log_info()
        assert told.pop() == [f"command of {name}" if times else None] * 3
        assert asked.count(name) == times
        assert job.shellcmd == f"command of {name}"  # where it runs, or has failed
    failing = Job("failing")
    with pytest.raises(ValueError, match="cannot be described"):
        failing.log_info()
    assert failing.shellcmd == "command of failing"


def test_files_are_named_as_snakemake_does() -> None:
    name = snakemake.jobs.fmt_iofile
    marked = {kind: flag("a", kind) for kind in ("temp", "pipe", "service", "nodelocal", "update")}
    files = [IOFile(each, rule=None) for each in ("a", *marked.values())] + ["a"]
    ways = ({"as_input": True}, {"as_output": True}, {})
    theirs = [name(file, **way) for file in files for way in ways]
    assert {"a", "a (pipe)", "a (service)"} <= {*theirs}
    take_shortcuts(_workflow(), [])
    assert snakemake.jobs.fmt_iofile is snakemake.dag.fmt_iofile is not name
    assert [snakemake.jobs.fmt_iofile(file, **way) for file in files for way in ways] == theirs


def test_flags_are_those_that_snakemake_finds() -> None:
    class Marked(AnnotatedString):
        def is_flagged(self, flag: str) -> bool:
            return flag == "its own"

    temporary, unmarked = flag("a", "temp"), AnnotatedString("a")
    unmarked.flags = {"temp": False}
    strings = ["a", temporary, unmarked, Marked("a"), IOFile(temporary, rule=None), None, lambda wildcards: "a"]
    take_shortcuts(_workflow(), [])
    assert all(module.is_flagged is not is_flagged for module in FLAGGING)
    for number, string in enumerate(strings):
        for name in ("temp", "its own", "storage_object"):
            assert snakemake.io.is_flagged(string, name) is is_flagged(string, name), (number, name)
    assert snakemake.io.is_flagged(temporary, "temp")
    assert snakemake.io.is_flagged(strings[3], "its own")


def test_environment_that_is_known_is_not_looked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(snakemake.jobs.Job, "conda_env_spec", property(lambda job: "looked for"))
    take_shortcuts(_workflow(), [])
    find = snakemake.jobs.Job.conda_env_spec.fget
    assert find(SimpleNamespace(rule=SimpleNamespace(_expanded_conda_env=None))) is None
    assert find(SimpleNamespace(rule=SimpleNamespace(_expanded_conda_env="known"))) == "known"
    assert find(SimpleNamespace(rule=SimpleNamespace(_expanded_conda_env=snakemake.rules._NOT_CACHED))) == "looked for"


def test_paths_that_are_not_looked_through_have_no_warning(caplog: pytest.LogCaptureFixture) -> None:
    ordinary = ["results/a/models/b-seed0.safetensors", "/store/x_y,z=1%+@.parquet", "report.html", "../data/a.csv"]
    odd = ["", "./a", " a", "a ", "a\nb", "a//b", "//a", "a/{b c}", "ä/b", "a/"]
    looks = snakemake.io.check
    caplog.set_level("WARNING", logger="snakemake.logging")
    warnings = {}
    for path in [*ordinary, *odd]:
        caplog.clear()
        looks(path)
        warnings[path] = [record.getMessage() for record in caplog.records]
    assert not any(warnings[path] for path in ordinary)
    assert sum(map(bool, warnings.values())) >= 7
    take_shortcuts(_workflow(), [])
    assert snakemake.io.check is not looks
    for path, expected in warnings.items():
        caplog.clear()
        snakemake.io.check(path)
        assert [record.getMessage() for record in caplog.records] == expected, path


def test_records_are_those_that_snakemake_reads(tmp_path: Path) -> None:
    records = FilePersistence(path=tmp_path)
    folder = str(tmp_path / "metadata")
    for name in ("whole", "damaged"):
        records._io_write(folder, {"params": ["ä", 1]}, name)
    Path(records._record_path(folder, "damaged")).write_text("{")
    theirs = [records._io_read(folder, name) for name in ("whole", "damaged", "none")]
    assert theirs == [{"params": ["ä", 1]}, {}, {}]
    take_shortcuts(_workflow(), [])
    assert [records._io_read(folder, name) for name in ("whole", "damaged", "none")] == theirs


def test_params_are_described_as_snakemake_does() -> None:
    records = SimpleNamespace(
        _serialize_param_builtin=lambda value: PersistenceBase._serialize_param_builtin(None, value)
    )
    values = ["text", ["a", 1], ("a",), {"a": 1}, 1, 1.5, True, None, b"a", object(), pd.Series([1, 2])]
    theirs = [PersistenceBase._serialize_param_pandas(records, value) for value in values]
    assert theirs[9] is UNREPRESENTABLE
    take_shortcuts(_workflow(), [])
    assert [PersistenceBase._serialize_param_pandas(records, value) for value in values] == theirs


@pytest.mark.parametrize("plans", [1, 3])
def test_lists_share_what_guards_their_names(plans: int) -> None:
    for _ in range(plans):
        take_shortcuts(_workflow(), [])
    one, other = (snakemake.iocontainers.Namedlist(fromdict={"a": "b"}) for _ in range(2))
    assert one.sort is other.sort
    assert one.sort is not one.index
    assert one.get("sort", "default") == "default"
    with pytest.raises(AttributeError, match=r"^index\(\) cannot be used"):
        one.index("b")
    named = snakemake.iocontainers.Namedlist(fromdict={"sort": "own"})
    assert (named.sort, other.get("sort")) == ("own", None)


def test_params_that_are_compared_are_those_that_snakemake_compares() -> None:
    asked = []

    class Fake(snakemake.rules.Rule):
        def __init__(self, **params: Any) -> None:
            self.name, self._output = "own", ["a"]
            self._params = Params(fromdict=params)
            self._params.append("without a name of {model}")

    def command(wildcards: Any, input: Any) -> str:
        asked.append("command")
        return f"{wildcards.model} {input}"

    rule = Fake(
        fixed="of {model}",
        command=command,
        threads=lambda wildcards, threads: threads,
        code=lambda wildcards: ["code", wildcards.model],
        listed=["{model}", 1],
    )

    def job() -> Any:
        found = snakemake.jobs.Job.__new__(snakemake.jobs.Job)
        found.rule, found.wildcards_dict = rule, {"model": "m"}
        found._input, found._output = InputFiles(["read"]), OutputFiles(["made"])
        found._params = found._non_derived_params = None
        found._resources, found._aux_resources = SimpleNamespace(_cores=1), {}
        return found

    theirs = job().non_derived_params
    assert theirs == ["of m", ["code", "m"], ["m", 1], "without a name of m"]
    take_shortcuts(_workflow(), [])
    asked.clear()
    ours = job()
    assert ours.non_derived_params == theirs
    assert asked == []
    assert ours.params == ["of m", "m read", 1, ["code", "m"], ["m", 1], "without a name of m"]
    assert ours.non_derived_params == theirs


def test_this_version_has_all_that_is_replaced(places: list[tuple[Any, str]]) -> None:
    def now() -> list[Any]:
        return [inspect.getattr_static(owner, name) for owner, name in places]

    before = now()
    take_shortcuts(_workflow(Quietness.RULES), [])
    same = [place for place, new, old in zip(places, now(), before, strict=True) if new is old]
    assert not same


def test_another_version_goes_on_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(snakemake.jobs.Job, "log_info")
    take_shortcuts(SimpleNamespace(), [])
