"""Make a plan's artifacts in one process tree: for machines without Snakemake, such as a lent GPU.

Each job is the command that Snakemake would run, started when its inputs are there. What is up to date, by the record
beside it, is left as it is; so a run that was stopped, or killed, goes on where it was, and a half-trained model goes
on from its checkpoint. Jobs of one thread are forked from a process that has their libraries
(:mod:`uncollapse.jobs.fork_server`).
"""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import FrameType

from uncollapse.errors import UncollapseError
from uncollapse.jobs.fork_server.start import forking, threads_of_libraries
from uncollapse.jobs.identity import input_hash
from uncollapse.jobs.long_arguments import shortened
from uncollapse.jobs.partial import remove_abandoned
from uncollapse.jobs.provenance import inputs_read, provenance_path, read_record
from uncollapse.planning.places import Places
from uncollapse.planning.plan import SCRIPT, Plan
from uncollapse.planning.recipe import Recipe
from uncollapse.reruns.changes import changes
from uncollapse.settings.checkout import PROJECT

_PAUSE = 0.02  # seconds between two looks at what is running
_GRACE = 5.0  # seconds that a job which is to end has for its own cleaning up


class JobError(UncollapseError):
    """A job that ended with an error; what it printed says why."""


@dataclass(frozen=True)
class Job:
    """One command: the first of its outputs that was asked for, its recipe, and all files that it reads."""

    path: str
    recipe: Recipe
    needs: tuple[str, ...]


class Jobs:
    """The jobs that a plan's targets still need.

    ``seconds`` holds, by first output below the plan's folder, how long each job has run, added to what a former run
    spent on it.
    """

    def __init__(self, plan: Plan, *, seconds: dict[str, float] | None = None) -> None:
        self.plan, self.seconds = plan, seconds if seconds is not None else {}
        self._places = Places(plan.settings)

    def of(self, targets: Iterable[str]) -> list[Job]:
        """Each job for ``targets`` once, after those it needs; targets that come first have theirs first."""
        made: set[str] = set()
        return [job for target in targets for job in self._before(target, made)]

    def _before(self, target: str, made: set[str]) -> Iterator[Job]:
        if target in made:
            return
        recipe = self.plan.recipe_of(target)
        if recipe is None:  # a file that comes with the project, or a user's
            if not Path(target).exists():
                raise JobError(f"{target}: is not there, and nothing in this config makes it")
            return
        if faults := self._places.faults(recipe):
            raise JobError("\n".join(faults))
        needs = tuple(path for paths in recipe.inputs.values() for path in paths)
        for path in needs:
            yield from self._before(path, made)
        job = Job(target, recipe, needs)
        made.update(job.recipe.outputs.values())
        yield job

    def run(self, targets: Iterable[str], *, deadline: float, threads: int, at_once: int = 1) -> bool:
        """Make ``targets`` and all they need, ``at_once`` jobs side by side; False where ``deadline`` came first.

        The deadline is one of time.monotonic, ``threads`` are those of each job.

        Raises
        ------
        JobError
            Where a job fails; those beside it are ended.
        KeyboardInterrupt
            After Ctrl-C, wherever it came; jobs are ended.
        """
        waiting = self.of(targets)
        unmade = {path for job in waiting for path in job.recipe.outputs.values()}
        running: list[_Running] = []
        environment = _environment(self.plan, threads)
        with contextlib.ExitStack() as until_the_end:  # last comes first: end jobs, then what forked them, then tidy
            until_the_end.callback(_tidy, running)
            prefix = until_the_end.enter_context(forking(environment)) if threads == 1 else None
            until_the_end.callback(self._end, running)
            interrupted = until_the_end.enter_context(_interruptions())
            while waiting or running:
                if interrupted:
                    raise KeyboardInterrupt
                if time.monotonic() >= deadline:
                    return False
                for done in [one for one in running if one.process.poll() is not None]:
                    if done.process.returncode:
                        what = f"{done.job.recipe.stage} ended with status {done.process.returncode}"
                        raise JobError(f"{what}; {done.job.path} is not made")
                    running.remove(done)
                    self._note(done)
                    unmade.difference_update(done.job.recipe.outputs.values())
                for job in waiting:
                    if len(running) >= at_once or time.monotonic() >= deadline:
                        break
                    if unmade.isdisjoint(job.needs):
                        waiting = [other for other in waiting if other is not job]
                        if self._is_current(job):
                            unmade.difference_update(job.recipe.outputs.values())
                        else:
                            running.append(self._start(job, environment, threads=threads, prefix=prefix))
                time.sleep(_PAUSE)
        return True

    def _end(self, running: "Sequence[_Running]") -> None:
        """Ask jobs to end, and end those that do not."""
        for one in running:
            one.process.terminate()
        given_up = time.monotonic() + _GRACE
        for one in running:
            with contextlib.suppress(subprocess.TimeoutExpired):
                one.process.wait(timeout=max(0.0, given_up - time.monotonic()))
            one.process.kill()
            one.process.wait()
            self._note(one)

    def command(self, job: Job, *, threads: int) -> list[str]:
        """The command line of a job."""
        recipe = job.recipe
        line = ["--spec", recipe.text, "--code", *recipe.code]
        for name, (first, *others) in recipe.inputs.items():
            line += ["--input", f"{name}={first}", *others]
        for name, output in recipe.outputs.items():
            line += ["--output", f"{name}={output}"]
        called = [sys.executable, str(PROJECT / SCRIPT), recipe.body, "--threads", str(threads)]
        return called + shortened(line, Path(self.plan.root))

    def _start(self, job: Job, environment: dict[str, str], *, threads: int, prefix: list[str] | None) -> "_Running":
        """Begin a job, from the code that lies there now; a ``prefix`` forks it from a process with its libraries."""
        job = replace(job, recipe=self.plan.as_code_is_now(job.recipe))
        for output in job.recipe.outputs.values():
            Path(output).parent.mkdir(parents=True, exist_ok=True)
        line = self.command(job, threads=threads)
        if prefix and line[0] == sys.executable:
            line = [*prefix, *line[1:]]
        # in this process's group, so that whoever kills the group leaves no job behind
        return _Running(job, subprocess.Popen(line, env=environment), time.monotonic())

    def _note(self, one: "_Running") -> None:
        name = one.job.path.removeprefix(f"{self.plan.root}/")
        self.seconds[name] = round(self.seconds.get(name, 0.0) + time.monotonic() - one.begun, 1)

    def _is_current(self, job: Job) -> bool:
        for path in map(Path, job.recipe.outputs.values()):
            record = read_record(provenance_path(path))
            if record is None or not path.is_file() or changes(record, job.recipe):
                return False
            if input_hash(path) != record.get("sha256"):  # a job was killed between its result and its record
                return False
            read = inputs_read(record).items()
            if any(not Path(other).is_file() or input_hash(Path(other)) != digest for other, digest in read):
                return False
        return True


@dataclass(frozen=True)
class _Running:
    job: Job
    process: subprocess.Popen
    begun: float


@contextlib.contextmanager
def _interruptions() -> Iterator[list[int]]:
    """The interrupts that came, as signals' numbers.

    Each raises KeyboardInterrupt as well, but where Python runs a destructor or a callback of its own, that is lost.
    """
    came: list[int] = []

    def note(number: int, frame: FrameType | None) -> None:
        came.append(number)
        signal.default_int_handler(number, frame)

    before = signal.signal(signal.SIGINT, note)
    try:
        yield came
    finally:
        signal.signal(signal.SIGINT, before)


def _tidy(ended: "Sequence[_Running]") -> None:
    """Remove what jobs left unfinished."""
    for output in (Path(output) for one in ended for output in one.job.recipe.outputs.values()):
        remove_abandoned(output)
        remove_abandoned(output.parent / ".checkpoints" / output.name)


def _environment(plan: Plan, threads: int) -> dict[str, str]:
    source = str(Path(__file__).parents[2])
    parts: Sequence[str] = [source, *filter(None, [os.environ.get("PYTHONPATH")])]
    kept = {name: value for name, value in os.environ.items() if name != "UNCOLLAPSE_STORE"}
    if plan.settings.packages_folder is not None:
        kept["UNCOLLAPSE_PACKAGES"] = str(Path(plan.settings.packages_folder).absolute())
    path = os.pathsep.join([str(Path(sys.executable).parent), *filter(None, [os.environ.get("PATH")])])
    return kept | threads_of_libraries(threads) | {"PYTHONPATH": os.pathsep.join(parts), "PATH": path}
