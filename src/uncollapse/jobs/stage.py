"""Stage: the frame of one job's work, which gets its inputs and its spec and leaves whole outputs or none.

A stage reads its inputs and its ``spec`` (the slice of config it depends on, as JSON) and writes its outputs under
temporary names, which become the real ones one after another at the very end, each with the record of its provenance
(see :mod:`uncollapse.jobs.provenance`). What was computed before is taken from the store instead (see
:mod:`uncollapse.jobs.store`).
"""

import contextlib
import os
import shutil
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from uncollapse.errors import ArtifactError, ChangedError, DataError, explain_os_error
from uncollapse.jobs.file_memory import Version, version_of
from uncollapse.jobs.identity import identity, input_hash, stage_key
from uncollapse.jobs.module_hash import check_loaded
from uncollapse.jobs.partial import partial_of, remove_abandoned
from uncollapse.jobs.progress import Progress
from uncollapse.jobs.provenance import provenance_path, write_record
from uncollapse.jobs.store import Store, content_hash, flush


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
        record = self._about()
        for name, path in self.outputs.items():
            write_record(path, record | {"sha256": digests[name]})
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


def _remove(checkpoint: Path) -> None:
    """Remove a checkpoint, a file or a folder, and what killed jobs left of it; what cannot be removed stays."""
    if checkpoint.is_dir() and not checkpoint.is_symlink():
        shutil.rmtree(checkpoint, ignore_errors=True)
    else:
        with contextlib.suppress(OSError):
            checkpoint.unlink(missing_ok=True)
    with contextlib.suppress(OSError):
        remove_abandoned(checkpoint)
