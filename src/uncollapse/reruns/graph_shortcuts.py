"""Steps that Snakemake takes for each input of each job, of which sweeps have many times as many as jobs, taken once.

The jobs that it plans, their order and what it says of them stay the same.
"""

import logging
from collections.abc import AsyncIterator, Callable, Collection
from typing import Any


def share_inputs(ordinary: Callable[[str], Any]) -> None:
    """Each input of a job is made a file object three times; here each path of a rule once.

    Left to Snakemake are rules with inputs other than one function's dictionary, those whose paths it changes, and
    paths that are not ``ordinary`` or have flags other than ``local``.
    """
    from snakemake.io import AnnotatedString, IOFile, is_flagged
    from snakemake.iocontainers import InputFiles
    from snakemake.rules import Rule

    expand = Rule.expand_input

    def shareable(rule: Any) -> bool:
        """Whether all inputs of a rule are the values of one function, and stay as they are."""
        if rule.dependencies or len(rule.input) != 1 or [*rule.input.keys()] or not is_flagged(rule.input[0], "unpack"):
            return False
        modifier, settings = rule.input_modifier, rule.workflow.storage_settings
        changed = modifier is not None and (modifier.prefix, modifier._prefix_replacements, modifier.inner_modifier)
        return settings.default_storage_provider is None and changed in (False, (None, None, None))

    def file(rule: Any, path: str) -> Any:
        """The file object of a path, made once; None for one that is left to Snakemake."""
        files = rule.shared_inputs.get(type(path), {})
        known = files.get(path)
        if known is not None or not ordinary(path):
            return known
        flags = dict(path.flags) if type(path) is AnnotatedString else {}
        if type(path) not in rule.shared_inputs or flags not in ({}, {"local": True}):
            return None
        found = files[path] = IOFile(str(path), rule=rule)
        if flags:
            found.set_flags(flags)
        return found

    def expand_input(rule: Any, wildcards: Any, groupid: Any = None) -> Any:
        if not hasattr(rule, "shared_inputs"):
            rule.shared_inputs = {str: {}, AnnotatedString: {}} if shareable(rule) else None
        if rule.shared_inputs is None or [*rule.workflow.modifier.default_input_flags]:
            return expand(rule, wildcards, groupid=groupid)
        function = rule.input[0]
        read, incomplete = rule.apply_input_function(function, wildcards, is_unpack=True, groupid=groupid)
        if incomplete or type(read) is not dict:
            return expand(rule, wildcards, groupid=groupid)
        found = InputFiles()
        for name, paths in read.items():
            one, start = isinstance(paths, str), len(found)
            files = [file(rule, path) for path in ([paths] if one else paths)]
            if not all(files):
                return expand(rule, wildcards, groupid=groupid)
            found.extend(files)
            found._set_name(name, start, end=None if one else len(found))
        return found, dict.fromkeys(found, function), {}, False

    Rule.expand_input = expand_input


def keep_less() -> None:
    """Each job keeps its log, its outputs by path and eight sets, mostly empty, of temporary files and the like.

    Here empty sets are one or none, and the others are found again where they are asked for.
    """
    from snakemake.dag import DAG
    from snakemake.jobs import Job

    make, clean, update, nothing = Job.__init__, DAG.cleanup, DAG.update_needrun, frozenset()
    filled_at_first = ("temp_output", "protected_output", "touch_output", "pipe_or_service_output", "_queue_input")
    reasons = ("_updated_input", "_updated_input_run", "_missing_output")

    def __init__(job: Any, *arguments: Any, **named: Any) -> None:
        make(job, *arguments, **named)
        for name in filled_at_first:
            if getattr(job, name, None) == nothing:
                setattr(job, name, nothing)

    def cleanup(dag: Any) -> None:
        clean(dag)
        for job in dag.jobs:
            job._log = None

    async def update_needrun(dag: Any, *arguments: Any, **named: Any) -> None:
        await update(dag, *arguments, **named)
        for job in dag.jobs:
            if hasattr(job, "_output_by_path"):
                del job._output_by_path
        for reason in dag._reason.values():
            for name in reasons:
                if getattr(reason, name) == nothing:
                    setattr(reason, name, None)

    Job.__init__, DAG.cleanup, DAG.update_needrun = __init__, cleanup, update_needrun


def compare_as_texts() -> None:
    """Files are told apart by functions of their own, some hundred times a job; here as the texts that they are."""
    from snakemake.io import _IOFile

    _IOFile.__eq__, _IOFile.__hash__ = str.__eq__, str.__hash__


def look_into_folders(ordinary: Callable[[str], Any]) -> None:
    """Outputs that lie in other outputs, folders, are found from all of them in order; here from their folders.

    Where one does, or where a path is not ``ordinary``, Snakemake looks.
    """
    from snakemake.dag import DAG

    check = DAG.check_directory_outputs

    def check_directory_outputs(dag: Any) -> None:
        files = {str(file) for job in dag.jobs for file in job.output}
        folders = {file.rpartition("/")[0] for file in files}
        parts = [folder.split("/") for folder in folders]
        above = {"/".join(part[:length]) for part in parts for length in range(1, len(part))}
        strange = any(folder and (not ordinary(folder) or {".", ".."} & {*folder.split("/")}) for folder in folders)
        absolute = {file.startswith("/") for file in files}
        if strange or len(absolute) > 1 or not files.isdisjoint(folders | above) or {"", ".", ".."} & files:
            check(dag)

    DAG.check_directory_outputs = check_directory_outputs


def ask_in_turn() -> None:
    """The age of each output of each job is asked for by a task of its own; here one after the other."""
    from snakemake.jobs import Job

    find = Job.output_mintime.fget

    async def output_mintime(job: Any) -> float | None:
        if job.rule.benchmark:
            return await find(job)
        ages = [(await file.mtime()).local_or_storage() for file in job.output if await file.exists()]
        return min((age for age in ages if age is not None), default=None)

    Job.output_mintime = property(output_mintime)


def remember_makers() -> None:
    """The job behind a file is looked for again for each job that reads it; here not where it is known.

    It is where one rule alone makes the file and its job has been taken into the graph, with all that it reads from.
    """
    from snakemake.dag import DAG

    find, collect = DAG.file2jobs, DAG.collect_potential_dependencies

    async def file2jobs(dag: Any, targetfile: Any, *arguments: Any, **named: Any) -> Any:
        jobs = await find(dag, targetfile, *arguments, **named)
        if len(jobs) == 1 and len(dag.output_index.match_producers(targetfile)) == 1:
            vars(dag).setdefault("makers", {})[targetfile] = jobs[0]
        return jobs

    async def collect_potential_dependencies(dag: Any, job: Any, known_producers: Any) -> AsyncIterator[Any]:
        makers = vars(dag).get("makers", {})
        for file in job.input:
            if file not in known_producers:
                maker = makers.get(file)
                if maker in dag._dependencies and dag.depending.get(maker):
                    known_producers[file] = [maker]
        async for found in collect(dag, job, known_producers):
            yield found

    DAG.file2jobs, DAG.collect_potential_dependencies = file2jobs, collect_potential_dependencies


def look_at_folders() -> None:
    """Whether a file exists is asked several times a job, mostly of folders that were listed; here without detours."""
    from snakemake.io import AnnotatedString, _IOFile

    look = _IOFile.exists

    async def exists(file: Any) -> bool:
        path, known = file._file, None if file.rule is None else file.rule.workflow.iocache
        plain = type(path) is str or (type(path) is AnnotatedString and not path.flags)
        if plain and known is not None and known.active:
            listed = known.exists_local
            if dict.__contains__(listed, path):
                return dict.__getitem__(listed, path)
            folder = path.rpartition("/")[0]
            if folder != ".." and folder in listed.has_inventory:
                return False
        return await look(file)

    _IOFile.exists = exists


def wait_silently() -> None:
    """Each job that waits for another is described at each job that ends, for a message that nobody sees; here not.

    Nor are temporary files of jobs looked for where no rule has any.
    """
    from snakemake.dag import DAG
    from snakemake.io import is_flagged
    from snakemake.logging import logger

    update, remove = DAG.update_ready, DAG.handle_temp

    def update_ready(dag: Any, jobs: Any = None) -> Any:
        if logger.isEnabledFor(logging.DEBUG):
            return update(dag, jobs)
        asked = dag.needrun_jobs() if jobs is None else jobs
        return update(dag, [job for job in asked if job in dag._group or not dag._n_until_ready.get(job)])

    async def handle_temp(dag: Any, job: Any) -> None:
        if not hasattr(dag, "has_temporary"):
            dag.has_temporary = any(is_flagged(file, "temp") for rule in dag.rules for file in rule.output)
        if dag.has_temporary or logger.isEnabledFor(logging.DEBUG):
            await remove(dag, job)

    DAG.update_ready, DAG.handle_temp = update_ready, handle_temp


def count_no_resources(rules: Collection[str]) -> None:
    """Resources of each job are found at the end of a dry run to be given back, although none were taken; here not.

    They are of one job of each of our rules, so that resources which cannot be found are told of.
    """
    from snakemake.scheduling.job_scheduler import JobScheduler

    free = JobScheduler._free_resources

    def _free_resources(scheduler: Any, job: Any) -> None:
        if not scheduler.dryrun or job.is_group() or job.rule.name not in rules:
            free(scheduler, job)
        elif not hasattr(job.rule, "has_resources"):
            free(scheduler, job)
            job.rule.has_resources = True

    JobScheduler._free_resources = _free_resources


def check_once(ordinary: Callable[[str], Any], rules: Collection[str]) -> None:
    """Logs and outputs of each job are looked at before any runs; here of one job of each of our rules.

    Whether a log's name can be made follows from the rule, as does that it is ``ordinary``, and no output of these
    rules is protected (:mod:`uncollapse.reruns.read_only`).
    """
    from snakemake.io import WILDCARD_REGEX, is_callable
    from snakemake.jobs import Job

    check, protect = Job.is_valid, Job.check_protected_output

    def is_valid(job: Any) -> None:
        if not getattr(job.rule, "is_checked", False):
            check(job)
            job.rule.is_checked = alike(job.rule)

    def alike(rule: Any) -> bool:
        """Whether what is true of the logs of one job of a rule is true of all."""
        if rule.name not in rules or rule.benchmark or any(map(is_callable, rule.log)):
            return False
        return all(ordinary(WILDCARD_REGEX.sub("name", str(file))) for file in rule.log)

    async def check_protected_output(job: Any) -> None:
        if job.rule.name not in rules:
            await protect(job)

    Job.is_valid, Job.check_protected_output = is_valid, check_protected_output
