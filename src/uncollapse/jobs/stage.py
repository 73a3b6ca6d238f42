"""The frame of every job's work: arguments, log, whole outputs or none, provenance.

    python scripts/stage.py uncollapse.experiments.sequence.stages.label --spec '{"beams": 5}'
        --input prompts=P.parquet --output candidates=C.parquet

The work is a body: a module with ``run(stage)``.

A stage reads its inputs and its ``spec`` (the slice of config it depends on, as JSON) and writes its outputs under
temporary names, which become the real ones one after another at the very end. Beside them, under ``.provenance/``,
stands from which code, spec and inputs they came; not inside, so that equal content means equal bytes. What was
computed before is taken from the store instead (see :mod:`uncollapse.jobs.store`), before anything heavy is imported.
"""

import argparse
import contextlib
import functools
import hashlib
import json
import os
import resource
import signal
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import Any, TextIO

from uncollapse.errors import ArtifactError, UncollapseError, explain_os_error, is_out_of_memory
from uncollapse.jobs.partial import partial_of, remove_abandoned, whole
from uncollapse.jobs.progress import Progress
from uncollapse.jobs.store import Store, content_hash

STORE_VARIABLE = "UNCOLLAPSE_STORE"  # folder of the store; without it, nothing is stored


@dataclass(kw_only=True)
class Stage:
    """Arguments of one job.

    ``body`` is the module that does the work; ``name`` tells it in messages and records, ``sequence.label``.
    """

    body: str
    spec: dict[str, Any]
    code: list[str]
    inputs: dict[str, list[Path]]
    outputs: dict[str, Path]
    threads: int = 1
    computed_on: str | None = None  # kind of device (cpu, cuda), where its rounding is in the outputs
    _partial: dict[str, Path] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """Package and name of the body.

        >>> Stage(body="uncollapse.experiments.sequence.stages.label", spec={}, code=[], inputs={}, outputs={}).name
        'sequence.label'
        """
        return stage_key(self.body)

    def input(self, name: str) -> Path:
        """The one input of that name."""
        (path,) = self.inputs[name]
        return path

    def output(self, name: str) -> Path:
        """The path to write an output to until the stage ends."""
        target = self.outputs[name]
        target.parent.mkdir(parents=True, exist_ok=True)
        remove_abandoned(target)
        self._partial[name] = partial_of(target)
        return self._partial[name]

    def checkpoint(self, name: str) -> Path:
        """The path for the state of long work: what lies there survives a kill and goes when the output is complete."""
        target = self.outputs[name]
        return target.parent / ".checkpoints" / target.name

    def progress(self, *, unit: str) -> Progress:
        """Progress lines that name the stage and its first output."""
        return Progress(self._of(), unit=unit)

    def _of(self) -> str:
        return f"{self.name.rpartition('.')[2]} {next(iter(self.outputs.values())).stem}"

    def identity(self) -> str:
        """A hash of code, spec and the content of all inputs: equal identities give equal outputs."""
        content = {name: [input_hash(path) for path in paths] for name, paths in self.inputs.items()}
        return identity(self.name, self.code, self.spec, content)

    def run(self, work: Callable[["Stage"], None], store: Store | None) -> None:
        """Take the outputs from the store, or do the work and put them there."""
        key = self.identity() if store is not None else ""
        if store is not None and store.fetch(key, {name: self.output(name) for name in self.outputs}):
            self.computed_on = store.entry(key).get("computed_on")
            print(f"{self._of()}: taken from the store", file=sys.stderr)
            self.commit()
            return
        work(self)
        self.commit()
        if store is not None:
            try:
                store.put(key, self.outputs, self._about())
            except OSError as error:  # full, or another user's: the outputs are there, only the next run gains nothing
                reason = explain_os_error(error, [store.root])
                print(f"{self.name}: the result is not kept in the store: {reason}", file=sys.stderr)

    def commit(self) -> None:
        """Give all outputs their real names."""
        missing = [name for name in self.outputs if not self._partial.get(name, Path("/nonexistent")).exists()]
        if missing:
            raise AssertionError(f"stage {self.name} ended without writing {missing}")
        for name, partial in self._partial.items():
            with partial.open("rb+") as file:
                os.fsync(file.fileno())
            os.replace(partial, self.outputs[name])
        self._write_provenance()
        for name in self.outputs:
            self.checkpoint(name).unlink(missing_ok=True)
            remove_abandoned(self.checkpoint(name))

    def discard(self) -> None:
        """Remove what was written so far."""
        for partial in self._partial.values():
            with contextlib.suppress(OSError):  # a file system that has become read-only
                partial.unlink(missing_ok=True)

    def _about(self) -> dict[str, Any]:
        """The record of how the outputs come about, for people and for scripts/why.py."""
        inputs = {name: {str(path): input_hash(path) for path in paths} for name, paths in self.inputs.items()}
        about = {"stage": self.name, "code": self.code, "spec": self.spec, "inputs": inputs}
        return about if self.computed_on is None else about | {"computed_on": self.computed_on}

    def _write_provenance(self) -> None:
        record = self._about()
        for path in self.outputs.values():
            beside = provenance_path(path)
            beside.parent.mkdir(exist_ok=True)
            with whole(beside) as partial:
                partial.write_text(json.dumps(record | {"sha256": content_hash(path)}, indent=1, sort_keys=True) + "\n")


def provenance_path(path: Path) -> Path:
    """The file that says how an artifact came about."""
    return path.parent / ".provenance" / f"{path.name}.json"


def identity(stage: str, code: list[str], spec: dict[str, Any], content: dict[str, list[str]]) -> str:
    """The store's key: a hash of the stage's name, its code, its spec and the hashes of its inputs by name."""
    return hashlib.sha256(json.dumps([stage, code, spec, content], sort_keys=True).encode()).hexdigest()


def input_hash(path: Path) -> str:
    """sha256 of a file's bytes, which are read once for each of its versions."""
    stat = path.stat()
    return _hash_of_version(path, stat.st_mtime_ns, stat.st_size, stat.st_ino)


@functools.cache
def _hash_of_version(path: Path, _mtime: int, _size: int, _inode: int) -> str:
    return content_hash(path)


def stage_key(body: str) -> str:
    """The short name of a body's module: its package and its own name.

    >>> stage_key("uncollapse.experiments.sequence.stages.train")
    'sequence.train'
    """
    *package, _, name = body.removeprefix("uncollapse.").split(".")
    return ".".join([*package[-1:], name])


def run_stage(about: str | None = None) -> None:
    """Parse the command line, do the work, and end the process: 0, or 1 with a message a user can act on.

    The body is imported where the store has no answer, so that one that has it costs no heavy import.
    """
    parser = argparse.ArgumentParser(description=about, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("body", help="module that does the work, such as uncollapse.experiments.sequence.stages.train")
    parser.add_argument("--spec", type=json.loads, default={}, help="the slice of config the job depends on, as JSON")
    parser.add_argument("--code", nargs="*", default=[], help="module@hash of the code that runs, for provenance")
    parser.add_argument("--input", action="append", nargs="+", default=[], metavar="NAME=PATH", help="and more paths")
    parser.add_argument("--output", action="append", default=[], metavar="NAME=PATH", help="may be repeated")
    parser.add_argument("--log", type=Path, help="copy of what is printed")
    parser.add_argument("--threads", type=int, default=1)
    arguments = parser.parse_args()
    inputs: dict[str, list[Path]] = {}
    for first, *others in arguments.input:
        key, _, path = first.partition("=")
        inputs[key] = [Path(path), *map(Path, others)] if path else []
    outputs = {key: Path(path) for key, _, path in (entry.partition("=") for entry in arguments.output)}
    given = {name: getattr(arguments, name) for name in ("body", "spec", "code", "threads")}
    stage = Stage(inputs=inputs, outputs=outputs, **given)
    signal.signal(signal.SIGTERM, _end)  # sent by scancel, by Snakemake on Ctrl-C, at a time limit
    with _copied_to(arguments.log):
        try:
            stage.run(
                lambda job: import_module(job.body).run(job),
                Store(Path(where)) if (where := os.environ.get(STORE_VARIABLE)) else None,
            )
        except BaseException as error:
            stage.discard()
            _report(stage, error)
            sys.exit(1)


class _EndedError(KeyboardInterrupt):
    """The process was asked to end."""


def _end(number: int, _: object) -> None:
    signal.signal(number, signal.SIG_IGN)  # once is enough: what follows only cleans up
    raise _EndedError(f"ended from outside ({signal.Signals(number).name})")


def _report(stage: Stage, error: BaseException) -> None:
    """Say what went wrong and which outputs were not made; with a traceback only where the program is at fault."""
    named = ", ".join(map(str, stage.outputs.values()))
    read = [str(path) for paths in stage.inputs.values() for path in paths]
    if isinstance(error, UncollapseError):
        reason = str(error)
        if isinstance(error, ArtifactError) and not any(path in reason for path in read):
            reason += f" (in one of {', '.join(read)})"
    elif is_out_of_memory(error):
        reason = (
            f"{named}: out of memory: give the job more, run fewer jobs at a time (--cores), or lower"
            " training.batch_size, the beams or the model's sizes in config"
        )
    elif isinstance(error, OSError):
        reason = explain_os_error(error, list(stage.outputs.values()))
    elif isinstance(error, KeyboardInterrupt):
        reason = str(error) or "interrupted from the keyboard"
    else:
        traceback.print_exc()
        reason = f"{type(error).__name__}: {error}"
    print(f"{stage.name} failed: {reason}", file=sys.stderr)
    print(f"{named}: not written; the next run makes it, all that is finished stays", file=sys.stderr)


class _Both:
    """A text stream that writes to two; a log that cannot be written, as on a full disk, stops nothing."""

    def __init__(self, first: TextIO, second: TextIO) -> None:
        self.first, self.second = first, second

    def write(self, text: str) -> int:
        with contextlib.suppress(OSError):
            self.second.write(text)
        return self.first.write(text)

    def flush(self) -> None:
        self.first.flush()
        with contextlib.suppress(OSError):
            self.second.flush()


@contextlib.contextmanager
def _copied_to(log: Path | None) -> Iterator[None]:
    if log is None:
        yield
        return
    begun = time.monotonic()
    try:
        log.parent.mkdir(parents=True, exist_ok=True)
        file = log.open("w", buffering=1)  # line by line, so that a killed job's log ends where the job did
    except OSError as error:
        print(explain_os_error(error, [log]), file=sys.stderr)
        yield
        return
    try:
        with contextlib.redirect_stderr(_Both(sys.stderr, file)):  # type: ignore[type-var]
            yield
    finally:
        with contextlib.suppress(OSError):
            file.write(f"{_cost(begun)}\n")
            file.close()


def _cost(begun: float) -> str:
    """The log's last line: time and memory of the process, for whoever sets limits."""
    used = [resource.getrusage(whose) for whose in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    processor = sum(usage.ru_utime + usage.ru_stime for usage in used)
    peak = max(usage.ru_maxrss for usage in used) * (1 if sys.platform == "darwin" else 1024)
    return f"{time.monotonic() - begun:.1f} s, {processor:.1f} s of processor time, {peak / 1e9:.2f} GB at most"
