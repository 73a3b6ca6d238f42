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
import shutil
import signal
import sys
import time
import traceback
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import Any, NoReturn, TextIO

from uncollapse.errors import (
    ArtifactError,
    ChangedError,
    ConfigError,
    DataError,
    UncollapseError,
    explain_os_error,
    is_out_of_memory,
)
from uncollapse.jobs.file_memory import Version, version_of
from uncollapse.jobs.long_arguments import expanded, forget
from uncollapse.jobs.module_hash import check_loaded
from uncollapse.jobs.partial import partial_of, remove_abandoned, whole
from uncollapse.jobs.progress import Progress
from uncollapse.jobs.store import Store, content_hash, flush

STORE_VARIABLE = "UNCOLLAPSE_STORE"  # folder of the store; without it, nothing is stored
_PARTS_OF_A_NAME = 2  # of a body at least: its stages' package, and its own


BY_HAND = "the workflow makes a job's command line: ask for the file that you want, snakemake --cores 2 FILE"


class Given(dict[str, Any]):
    """Values of an option of a job's command line, by name; one that is not there is an error of whoever called it."""

    def __init__(self, option: str, values: Mapping[str, Any]) -> None:
        super().__init__(values)
        self.option = option

    def __missing__(self, name: str) -> NoReturn:
        there = ", ".join(self) or "none"
        raise ConfigError(f"{self.option} has no {name!r}, which the job reads; there are {there} ({BY_HAND})")


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
    computed_on: str | None = None  # kind of device (compute/bfloat16.py), where its rounding is in the outputs
    _partial: dict[str, Path] = field(default_factory=dict)
    _read: dict[Path, tuple[Version, str]] = field(default_factory=dict)  # inputs as they were when the job began
    _hashed: dict[str, str] = field(default_factory=dict)  # outputs, where the store has just looked through them
    _flushed: bool = False

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
        content = {name: [self._input_hash(path) for path in paths] for name, paths in self.inputs.items()}
        return identity(self.name, self.code, self.spec, content)

    def _input_hash(self, path: Path) -> str:
        """sha256 of an input as it was when the job began; as it is now before that."""
        return self._read[path][1] if path in self._read else input_hash(path)

    def _check_inputs(self, *, again: bool = False) -> bool:
        """Whether each input is still the very file that was hashed; where one is not, checkpoints go too.

        False for one that has the same content but was written or touched meanwhile: what the work read may have been
        another. ``again``: that is an error as well.

        Raises
        ------
        ChangedError
            For one that has other content now, or is gone.
        """
        same = True
        for path, (version, digest) in self._read.items():
            try:
                if (now := version_of(str(path))) == version:
                    continue
                how = "" if input_hash(path) == digest and not again else "it was written meanwhile"
            except FileNotFoundError:
                how = "it is gone"
            for name in self.outputs:
                _remove(self.checkpoint(name))
            if how:
                raise ChangedError(
                    f"{path}: changed while the job read it ({how}), so that the result belongs to no version of it and"
                    " is not kept; leave the file alone and run again"
                )
            self._read[path], same = (now, digest), False
        return same

    def run(self, work: Callable[["Stage"], None], store: Store | None) -> None:
        """Take the outputs from the store, or do the work and put them there.

        Raises
        ------
        ChangedError
            Where an input, or code of the job, changed while it ran: then nothing is kept.
        """
        paths = {path for several in self.inputs.values() for path in several}
        self._read = {path: (version_of(str(path)), input_hash(path)) for path in paths}
        key = self.identity()
        if store is not None and self.fetch(store, key):
            print(self.taken(), file=sys.stderr)
            self.commit()
            return
        work(self)
        if not self._check_inputs():
            print(f"{self._of()}: an input was written or touched meanwhile; all is done once more", file=sys.stderr)
            work(self)
            self._check_inputs(again=True)
        self._check_complete()
        check_loaded(self.code)
        if store is not None:
            try:  # from this process's own files: another run may write the same paths
                self._hashed = store.put(key, self._partial, self._about())
            except (OSError, ArtifactError) as error:  # full, another user's or no store: the next run gains nothing
                reason = explain_os_error(error, [store.root]) if isinstance(error, OSError) else str(error)
                print(f"{self.name}: the result is not kept in the store: {reason}", file=sys.stderr)
        self.commit()

    def reads(self, hashes: Mapping[Path, str]) -> None:
        """Note the sha256 of every input for the record, where another has read them and this job will not."""
        self._read = {path: ((), digest) for path, digest in hashes.items()}

    def fetch(self, store: Store, key: str) -> dict[str, str] | None:
        """Take the outputs of a key from the store, under temporary names.

        Their hashes by name; None where the store has not all of them, whole.
        """
        entry = store.fetch(key, {name: self.output(name) for name in self.outputs})
        if entry is None:
            return None
        self._hashed = {name: output["sha256"] for name, output in entry["outputs"].items()}
        self.computed_on = entry.get("computed_on")
        self.threads = entry.get("threads", self.threads)
        return self._hashed

    def taken(self) -> str:
        """The line of a log that says that nothing was computed."""
        return f"{self._of()}: taken from the store"

    def _check_complete(self) -> None:
        missing = [name for name in self.outputs if not self._partial.get(name, Path("/nonexistent")).exists()]
        if missing:
            raise AssertionError(f"stage {self.name} ended without writing {missing}")

    def commit(self) -> None:
        """Give all outputs their real names; at no moment does a record stand beside another file than its own.

        Records that were there go first, and new ones are of the bytes that this process wrote.
        """
        self._check_complete()
        if not self._flushed:
            self.flush()
        digests = {name: self._hashed.get(name) or content_hash(partial) for name, partial in self._partial.items()}
        for path in self.outputs.values():
            provenance_path(path).unlink(missing_ok=True)
        for name, partial in self._partial.items():
            if self.outputs[name].is_dir() and not self.outputs[name].is_symlink():
                raise DataError(f"{self.outputs[name]}: a folder lies where the result belongs; move it away")
            os.replace(partial, self.outputs[name])
        self._write_provenance(digests)
        for name in self.outputs:
            _remove(self.checkpoint(name))

    def flush(self) -> None:
        """Have what was written so far on the disk, so that no loss of power leaves a name without its bytes."""
        for partial in self._partial.values():
            flush(partial)
        self._flushed = True

    def discard(self) -> None:
        """Remove what was written so far."""
        for partial in self._partial.values():
            with contextlib.suppress(OSError):  # a file system that has become read-only
                partial.unlink(missing_ok=True)

    def _about(self) -> dict[str, Any]:
        """The record of how the outputs come about, for people and for scripts/why.py."""
        inputs = {name: {str(path): self._input_hash(path) for path in paths} for name, paths in self.inputs.items()}
        about = {"stage": self.name, "code": self.code, "spec": self.spec, "inputs": inputs}
        if self.computed_on is None:
            return about
        # another number of threads adds up in another order, which shows in weights as a device does
        return about | {"computed_on": self.computed_on, "threads": self.threads}

    def _write_provenance(self, digests: Mapping[str, str]) -> None:
        record = self._about()
        for name, path in self.outputs.items():
            beside = provenance_path(path)
            beside.parent.mkdir(exist_ok=True)
            with whole(beside) as partial:
                partial.write_text(json.dumps(record | {"sha256": digests[name]}, indent=1, sort_keys=True) + "\n")


def _remove(checkpoint: Path) -> None:
    """Remove a checkpoint, a file or a folder, and what killed jobs left of it; what cannot be removed stays."""
    if checkpoint.is_dir() and not checkpoint.is_symlink():
        shutil.rmtree(checkpoint, ignore_errors=True)
    else:
        with contextlib.suppress(OSError):
            checkpoint.unlink(missing_ok=True)
    with contextlib.suppress(OSError):
        remove_abandoned(checkpoint)


def provenance_path(path: Path) -> Path:
    """The file that says how an artifact came about."""
    return path.parent / ".provenance" / f"{path.name}.json"


def identity(stage: str, code: list[str], spec: dict[str, Any], content: dict[str, list[str]]) -> str:
    """The store's key: a hash of the stage's name, its code, its spec and the hashes of its inputs by name."""
    return hashlib.sha256(json.dumps([stage, code, spec, content], sort_keys=True).encode()).hexdigest()


def input_hash(path: Path) -> str:
    """sha256 of a file's bytes, which are read once for each of its versions."""
    return _hash_of_version(path, version_of(str(path)))


@functools.cache
def _hash_of_version(path: Path, _: Version) -> str:
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
    example = "uncollapse.experiments.sequence.stages.train"
    parser.add_argument("body", type=_body, help=f"module that does the work, such as {example}")
    parser.add_argument("--spec", type=_spec, required=True, help="the slice of config the job depends on, as JSON")
    parser.add_argument("--code", nargs="*", default=[], help="module@hash of the code that runs, for provenance")
    parser.add_argument("--input", action="append", nargs="+", default=[], metavar="NAME=PATH", help="and more paths")
    parser.add_argument("--output", action="append", required=True, metavar="NAME=PATH", help="may be repeated")
    parser.add_argument("--log", type=Path, help="copy of what is printed")
    parser.add_argument("--threads", type=int, default=1)
    arguments = parser.parse_args(expanded(sys.argv[1:]))
    inputs: dict[str, list[Path]] = {}
    for first, *others in arguments.input:
        key, _, path = first.partition("=")
        inputs[key] = [Path(path), *map(Path, others)] if path else []
    outputs = {key: Path(path) for key, _, path in (entry.partition("=") for entry in arguments.output)}
    for option, several in (("--input", [first for first, *_ in arguments.input]), ("--output", arguments.output)):
        if odd := next((entry for entry in several if "=" not in entry), None):
            parser.error(f"argument {option}: {odd!r} is not NAME=PATH ({BY_HAND})")
    stage = Stage(
        body=arguments.body,
        code=arguments.code,
        threads=arguments.threads,
        spec=Given("--spec", arguments.spec),
        inputs=Given("--input", inputs),
        outputs=Given("--output", outputs),
    )
    signal.signal(signal.SIGTERM, _end)  # sent by scancel, by Snakemake on Ctrl-C, at a time limit
    with _copied_to(arguments.log):
        try:
            stage.run(
                lambda job: _work(job.body)(job),
                Store(Path(where)) if (where := os.environ.get(STORE_VARIABLE)) else None,
            )
        except BaseException as error:
            stage.discard()
            _report(stage, error)
            sys.exit(1)
    forget(sys.argv[1:])


def _body(text: str) -> str:
    """A body's name, whose stage and kind it tells."""
    if len(text.split(".")) < _PARTS_OF_A_NAME:
        raise argparse.ArgumentTypeError(
            f"{text!r} is no module of a stage, such as uncollapse.experiments.sequence.stages.train ({BY_HAND})"
        )
    return text


def _spec(text: str) -> dict[str, Any]:
    found = json.loads(text)
    if not isinstance(found, dict):
        raise argparse.ArgumentTypeError(f"{text[:40]!r} is no JSON object ({BY_HAND})")
    return found


def _work(body: str) -> Callable[[Stage], None]:
    """The function that does a body's work.

    Raises
    ------
    ConfigError
        Where there is no such module, or it is none of a stage.
    """
    try:
        module = import_module(body)
    except ModuleNotFoundError as error:
        if error.name is None or not f"{body}.".startswith(f"{error.name}."):
            raise  # one that the body imports
        raise ConfigError(f"{body}: there is no such module ({BY_HAND})") from None
    if not hasattr(module, "run"):
        raise ConfigError(f"{body}: is no module of a stage: it has no function run ({BY_HAND})")
    run: Callable[[Stage], None] = module.run
    return run


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
    return cost_line(time.monotonic() - begun, sum(usage.ru_utime + usage.ru_stime for usage in used))


def cost_line(seconds: float, processor: float) -> str:
    """Seconds of a job, by the clock and of processor time, and what memory its process had at most, in words."""
    used = [resource.getrusage(whose).ru_maxrss for whose in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    peak = max(used) * (1 if sys.platform == "darwin" else 1024)
    return f"{seconds:.1f} s, {processor:.1f} s of processor time, {peak / 1e9:.2f} GB at most"
