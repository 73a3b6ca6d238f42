"""Work that Snakemake does for every job although nobody sees it, or would be told the same again, left out.

What Snakemake finds stays the same, with the versions whose plans were compared with and without them; any other goes
on as it is, and so does each where the variable UNCOLLAPSE_SHORTCUTS is 0.
"""

import contextlib
import copy
import functools
import importlib.metadata
import json
import os
import re
import types
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

from uncollapse.reruns.graph_shortcuts import (
    ask_in_turn,
    check_once,
    compare_as_texts,
    count_no_resources,
    keep_less,
    look_at_folders,
    look_into_folders,
    remember_makers,
    share_inputs,
    wait_silently,
)

COMPARED = ("9.27",)  # of Snakemake, major and minor
SWITCH = "UNCOLLAPSE_SHORTCUTS"  # variable of the environment; 0 leaves Snakemake as it is


def take_shortcuts(workflow: Any, rules: Collection[str]) -> None:
    """Take all shortcuts of planning in this process; ``rules`` are the names of ours.

    What they spare is in section ``planning`` of benchmarks/RESULTS.md.
    """
    compared = ".".join(importlib.metadata.version("snakemake").split(".")[:2]) in COMPARED
    if not compared or os.environ.get(SWITCH) == "0":
        return
    for shortcut in (
        _remember_parameters,
        _look_for_literals,
        _know_environments,
        _know_strings,
        _describe_plainly,
        _pass_ordinary_paths,
        _name_plain_files,
        _read_records_at_once,
        _share_guards,
        _find_compared_params,
        keep_less,
        compare_as_texts,
        ask_in_turn,
        remember_makers,
        look_at_folders,
        wait_silently,
    ):
        with contextlib.suppress(ImportError, AttributeError):
            shortcut()
    for shortcut_of_paths in (share_inputs, look_into_folders):
        with contextlib.suppress(ImportError, AttributeError):
            shortcut_of_paths(_ORDINARY.fullmatch)
    with contextlib.suppress(ImportError, AttributeError):
        check_once(_ORDINARY.fullmatch, rules)
    for shortcut_of_ours in (_make_commands_once, _hide_unseen):
        with contextlib.suppress(ImportError, AttributeError):
            shortcut_of_ours(workflow, rules)
    with contextlib.suppress(ImportError, AttributeError):
        count_no_resources(rules)


def lift_rate_limit(workflow: Any) -> None:
    """Start jobs of this machine whenever there is room, without a limit per second.

    For its limit Snakemake looks for jobs again a second after each look, and every job that ends begins such a chain
    of looks: over 200 jobs it took a seventh of a core, and more with each. Without a limit it looks when a job ends.
    Clusters keep theirs.
    """
    settings = getattr(workflow, "scheduling_settings", None)
    if settings is not None and getattr(workflow, "local_exec", False):
        settings.max_jobs_per_timespan = None


def remembering(find: Callable[[Any], Mapping[str, Any]]) -> Callable[[Any], Mapping[str, Any]]:
    """The same function of a function's parameters, which looks at each function once.

    >>> import inspect
    >>> parameters = remembering(lambda function: inspect.signature(function).parameters)
    >>> class Job:
    ...     def reads(self, wildcards): ...
    >>> [*parameters(Job.reads)], [*parameters(Job().reads)]
    (['self', 'wildcards'], ['wildcards'])
    """

    @functools.lru_cache(maxsize=4096)
    def known(function: types.FunctionType, bound: bool) -> Mapping[str, Any]:
        return find(types.MethodType(function, object()) if bound else function)

    def parameters(function: Any) -> Mapping[str, Any]:
        own = getattr(function, "__func__", function)
        return known(own, own is not function) if type(own) is types.FunctionType else find(function)

    return parameters


def _remember_parameters() -> None:
    """Functions of rules are inspected for each argument of each job; here once each."""
    import snakemake.common
    import snakemake.jobs
    import snakemake.rules

    known = remembering(snakemake.common.get_function_params)
    for module in (snakemake.common, snakemake.jobs, snakemake.rules):
        if hasattr(module, "get_function_params"):
            module.get_function_params = known


def _look_for_literals() -> None:
    """Every file is held against the patterns of most rules, and again for each job that reads it.

    Here once, against those of which what tells the pattern from others is in the file's name.
    """
    import snakemake.dag
    from snakemake.io import WILDCARD_REGEX
    from snakemake.output_index import OutputIndex

    class LiteralIndex(OutputIndex):
        """Rules by what their patterns say literally, of which a file that they make has all."""

        def __init__(self, rules: Any) -> None:
            rules = list(rules)
            super().__init__(rules)
            self._telling = telling([(rule, product.file) for rule in rules for product in rule.products()])
            self._known: dict[str, tuple[Any, ...]] = {}

        def match_producers(self, targetfile: str) -> set[Any]:
            path = str(targetfile)
            if path not in self._known:
                found = {rule for piece, rule in self._telling if piece in path}
                self._known[path] = tuple(rule for rule in found if rule.is_producer(path))
            return {*self._known[path]}

    def telling(patterns: Sequence[tuple[Any, str]]) -> list[tuple[str, Any]]:
        """The piece of each pattern that the fewest have, with its rule."""
        pieces = [(rule, {*WILDCARD_REGEX.sub("\0", pattern).split("\0")}) for rule, pattern in patterns]
        common = Counter(piece for _, own in pieces for piece in own)
        best = [(min(own, key=lambda piece: (common[piece], piece)), rule) for rule, own in pieces]
        return list(dict.fromkeys(best))

    snakemake.dag.OutputIndex = LiteralIndex


def _know_environments() -> None:
    """All params of a job are found to look for its environment; here not where that of its rule is known."""
    from snakemake.jobs import Job
    from snakemake.rules import _NOT_CACHED

    find = Job.conda_env_spec.fget

    def conda_env_spec(job: Any) -> Any:
        known = getattr(job.rule, "_expanded_conda_env", _NOT_CACHED)
        return find(job) if known is _NOT_CACHED else known

    Job.conda_env_spec = property(conda_env_spec)


def knowing(find: Callable[[Any, str], bool], annotated: type[str], file: type[str]) -> Callable[[Any, str], bool]:
    """The same function of a string and the name of a flag, which asks no abstract class about the usual strings.

    A file's flags are those of the string that it is made from.
    """

    def is_flagged(value: Any, flag: str) -> bool:
        kind = type(value)
        if kind is file and type(value._file) in (annotated, str):
            value = value._file
            kind = type(value)
        if kind is annotated:
            return bool(value.flags.get(flag))
        return False if kind is str else find(value, flag)

    return is_flagged


def _know_strings() -> None:
    """Strings are asked for flags, some 170 times a job, and each time whether they are of a kind that may have any."""
    import snakemake.dag
    import snakemake.io
    import snakemake.jobs
    import snakemake.path_modifier
    import snakemake.persistence
    import snakemake.rules

    known = knowing(snakemake.io.is_flagged, snakemake.io.AnnotatedString, snakemake.io._IOFile)
    for part in ("dag", "io", "jobs", "path_modifier", "persistence", "rules"):
        if hasattr(getattr(snakemake, part), "is_flagged"):
            getattr(snakemake, part).is_flagged = known


def _describe_plainly() -> None:
    """pandas is imported to see that no param is one of its tables; here not for what none can be."""
    from snakemake.persistence import PersistenceBase

    describe = PersistenceBase._serialize_param_pandas

    def serialize(records: Any, value: Any) -> Any:
        plain = type(value) in (str, int, float, bool, list, tuple, dict, type(None))
        return records._serialize_param_builtin(value) if plain else describe(records, value)

    PersistenceBase._serialize_param_pandas = serialize


# a path that Snakemake has no warning for
_ORDINARY = re.compile(r"(?!\./)/?[\w.@%+,=-]+(?:/[\w.@%+,=-]+)*", re.ASCII)


def _pass_ordinary_paths() -> None:
    """Each path of each job is looked through for eight oddities; here once for letters that have none of them."""
    import snakemake.io

    look = snakemake.io.check

    def check(path: str, *arguments: Any, **named: Any) -> None:
        if _ORDINARY.fullmatch(path) is None:
            look(path, *arguments, **named)

    snakemake.io.check = check


def _name_plain_files() -> None:
    """Each file of a job that is shown is asked for eight flags to name it; here one without any is its own name."""
    import snakemake.dag
    import snakemake.io
    import snakemake.jobs

    name = snakemake.jobs.fmt_iofile

    def fmt_iofile(file: Any, *arguments: Any, **named: Any) -> str:
        plain = type(file) is snakemake.io._IOFile and not file.flags
        return f"{file}" if plain else name(file, *arguments, **named)

    snakemake.dag.fmt_iofile = snakemake.jobs.fmt_iofile = fmt_iofile


def _read_records_at_once() -> None:
    """Records are looked for, then opened and decoded as text; here read, and all else left to Snakemake."""
    from snakemake.persistence.file import FilePersistence

    read = FilePersistence._io_read

    def read_record(records: Any, subject: str, name: str) -> Any:
        try:
            with open(records._record_path(subject, name), "rb") as file:
                return json.loads(file.read())
        except (OSError, ValueError):
            return read(records, subject, name)

    FilePersistence._io_read = read_record


def _share_guards() -> None:
    """Each list of files, names or params, some fifteen a job, has two objects that say the same; here all have two."""
    import snakemake.iocontainers

    class Shared(snakemake.iocontainers.AttributeGuard):
        """One guard for each name."""

        _known: dict[str, Any] = {}  # noqa: RUF012 (shared on purpose)

        def __new__(cls, name: str) -> "Shared":
            if name not in cls._known:
                cls._known[name] = object.__new__(cls)  # the class above may be this one of an earlier plan
            return cls._known[name]

    snakemake.iocontainers.AttributeGuard = Shared


def _find_compared_params() -> None:
    """All params of a job are found to compare some; here those alone that are compared, where the others may stay.

    Compared are those that ask for wildcards alone, whatever a job reads and makes.
    """
    from snakemake.iocontainers import InputFiles, OutputFiles, Params
    from snakemake.jobs import Job

    find = Job.non_derived_params.fget

    def comparing(rule: Any) -> Any:
        """The rule with the params alone that are compared, kept with it."""
        if "comparing" in vars(rule):
            return rule.comparing
        found = rule.comparing = copy.copy(rule)
        found._params = Params()
        for name, value in rule.params._allitems():
            if not rule._is_deriving_function(value):
                found._params.append(value)
                if name:
                    found._params._add_name(name)
        return found

    def non_derived_params(job: Any) -> Any:
        if job._params is None and job._non_derived_params is None and hasattr(job.rule, "_params"):
            rule = comparing(job.rule)
            _, job._non_derived_params = rule.expand_params(job.wildcards_dict, InputFiles(), OutputFiles(), job)
        return find(job)

    Job.non_derived_params = property(non_derived_params)


def _make_commands_once(workflow: Any, rules: Collection[str]) -> None:
    """A job's command is made three times to describe it; here once, and not at all where no command is shown."""
    from snakemake.jobs import Job

    shown = workflow.output_settings.printshellcmds or workflow.logger_manager.get_log_handlers()
    make, show = Job.shellcmd.fget, Job.log_info
    made: dict[int, list[Any]] = {}  # of jobs that are being described: the command, once it has been asked for

    def shellcmd(job: Any) -> Any:
        known = made.get(id(job))
        if known is None:
            return make(job)
        if not known:
            known.append(make(job))
        return known[0]

    def log_info(job: Any, *arguments: Any, **named: Any) -> None:
        made[id(job)] = [] if shown or job.rule.name not in rules else [None]
        try:
            show(job, *arguments, **named)
        finally:
            del made[id(job)]

    Job.shellcmd, Job.log_info = property(shellcmd), log_info


def _hide_unseen(workflow: Any, rules: Collection[str]) -> None:
    """Descriptions of jobs that are about to run: made in full, and not shown where Snakemake is quiet about rules."""
    from snakemake.jobs import Job
    from snakemake.settings.enums import Quietness

    if Quietness.RULES not in (workflow.output_settings.quiet or ()) or workflow.logger_manager.get_log_handlers():
        return
    show = Job.log_info

    def log_info(job: Any, *arguments: Any, **named: Any) -> None:
        if job.rule.name not in rules:
            show(job, *arguments, **named)

    Job.log_info = log_info
