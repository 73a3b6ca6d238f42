"""Editing a whole corpus: part by part, each on disk before the next begins, so that a killed run goes on."""

import contextlib
import errno
import fcntl
import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, TypeVar

import pyarrow as pa
import pyarrow.parquet as pq

from uncollapse.artifacts.edits import EDITS
from uncollapse.compute.lock_file import open_lock
from uncollapse.errors import ArtifactError
from uncollapse.jobs.parts import Parts
from uncollapse.jobs.progress import Progress

Part = TypeVar("Part")


@dataclass(frozen=True)
class Run:
    """One output file, and beside it the folder in which its parts are kept until it is whole.

    identity : everything that decides the output's content; parts of another identity are not used
    shard, shards : of the corpus's parts, this run edits every ``shards``-th, beginning with number ``shard``
    """

    output: Path
    identity: dict[str, Any]
    shard: int = 0
    shards: int = 1

    def finished(self) -> bool:
        """Whether the output is there, made by this very run before it was killed.

        Raises
        ------
        ArtifactError
            For an output that came about otherwise: nothing is overwritten.
        """
        if not self.output.exists():
            return False
        if self._parts.are_mine():
            return True
        raise ArtifactError(f"{self.output}: is there already; name another output with --output, or delete it")

    def check_free(self) -> None:
        """Raise an error where parts of a run with other options would be lost by going on.

        Raises
        ------
        ArtifactError
            Naming their folder.
        """
        if self._parts.of_others():
            raise ArtifactError(
                f"{self._parts.folder}: holds parts of a run with other options, or of another version or another "
                "state of the corpus or the model; give the same ones to go on with it, name another output with "
                "--output, or delete the folder"
            )

    def edit(
        self, parts: Iterable[Part], work: Callable[[Part], pa.Table], *, documents: int, progress: Progress
    ) -> None:
        """Do the work on the parts that are not there yet, and put all into the output, one row group a part.

        Parameters
        ----------
        parts : of the whole corpus, the same in every run of the same identity.
        work : from a part to rows of :data:`EDITS`, one per document.
        documents : that this run edits, or about as many, for the progress.
        """
        files = self._parts
        files.begin()
        done = tokens = eligible = changed = 0
        begun = False
        for number, part in enumerate(parts):
            if number % self.shards != self.shard:
                continue
            path = files.path(number)
            if path.exists():
                done += pq.read_metadata(path).num_rows
                continue
            if not begun:
                progress.start(total=documents, done=done)
                begun, before = True, progress.clock()
            table = work(part)
            files.write(number, {name: table[name] for name in EDITS.names})
            done += len(table)
            tokens += len(table["ids"].combine_chunks().flatten())
            eligible += sum(table["eligible_tokens"].to_pylist())
            changed += sum(table["changed_tokens"].to_pylist())
            rate = tokens / max(progress.clock() - before, 1e-9)
            shares = f"{eligible / max(tokens, 1):.2%} eligible, {changed / max(tokens, 1):.2%} changed"
            progress.update(min(done, documents), note=f"{rate:,.0f} tokens/s, {shares}")
        if begun:
            progress.finish()
        files.merge()

    def clear(self) -> None:
        """Forget how the output came about: the run is over."""
        self._parts.clear()

    @contextlib.contextmanager
    def alone(self) -> Iterator[None]:
        """Keep other processes of this machine from the same output.

        Raises
        ------
        ArtifactError
            Where one is at work on it.
        """
        path = self.output.parent / f".{self.output.name}.lock"
        path.parent.mkdir(parents=True, exist_ok=True)
        while True:
            with open_lock(path) as lock:
                try:
                    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError:
                    raise ArtifactError(
                        f"{self.output}: another run is writing it; name another output with --output, or wait"
                    ) from None
                except OSError as error:
                    if error.errno not in (errno.ENOLCK, errno.ENOSYS, errno.ENOTSUP):
                        raise  # these file systems have no locks
                if not _is_at(path, lock):
                    continue  # the run that had it removed it between our opening and locking it
                try:
                    yield
                finally:
                    path.unlink(missing_ok=True)
                return

    @property
    def _parts(self) -> Parts:
        return Parts(self.output, [self.identity, self.shard, self.shards], EDITS)


def _is_at(path: Path, opened: IO[bytes]) -> bool:
    """Whether the name still leads to the opened file."""
    try:
        return path.stat().st_ino == os.fstat(opened.fileno()).st_ino
    except FileNotFoundError:
        return False
