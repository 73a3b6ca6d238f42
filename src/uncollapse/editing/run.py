"""Editing a whole corpus: part by part, each on disk before the next begins, so that a killed run goes on."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import pyarrow as pa
import pyarrow.parquet as pq

from uncollapse.artifacts import ParquetWriter, read_row_groups
from uncollapse.editing.schemas import EDITS
from uncollapse.errors import ArtifactError
from uncollapse.partial import partial_of, remove_abandoned
from uncollapse.progress import Progress

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
        if self._same():
            return True
        raise ArtifactError(f"{self.output}: is there already; name another output with --out, or delete it")

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
        self._prepare()
        done = tokens = eligible = changed = 0
        begun = False
        for number, part in enumerate(parts):
            if number % self.shards != self.shard:
                continue
            path = self._part(number)
            if path.exists():
                done += pq.read_metadata(path).num_rows
                continue
            if not begun:
                progress.start(total=documents, done=done)
                begun, before = True, progress.clock()
            table = work(part)
            _write_part(path, table)
            done += len(table)
            tokens += len(table["ids"].combine_chunks().flatten())
            eligible += sum(table["eligible_tokens"].to_pylist())
            changed += sum(table["changed_tokens"].to_pylist())
            rate = tokens / max(progress.clock() - before, 1e-9)
            shares = f"{eligible / max(tokens, 1):.2%} eligible, {changed / max(tokens, 1):.2%} changed"
            progress.update(min(done, documents), note=f"{rate:,.0f} tokens/s, {shares}")
        if begun:
            progress.finish()
        self._merge()

    def clear(self) -> None:
        """Forget how the output came about: the run is over."""
        shutil.rmtree(self._folder, ignore_errors=True)

    @property
    def _folder(self) -> Path:
        return self.output.parent / f".{self.output.name}.parts"

    @property
    def _key(self) -> str:
        text = json.dumps([self.identity, self.shard, self.shards], sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()

    def _part(self, number: int) -> Path:
        return self._folder / f"{number:08}.parquet"

    def _same(self) -> bool:
        path = self._folder / "identity"
        return path.exists() and path.read_text() == self._key

    def _prepare(self) -> None:
        if not self._same():
            self.clear()
        self._folder.mkdir(parents=True, exist_ok=True)
        (self._folder / "identity").write_text(self._key)

    def _merge(self) -> None:
        paths = sorted(self._folder.glob("[0-9]*.parquet"))
        remove_abandoned(self.output)
        partial = partial_of(self.output)
        try:
            with ParquetWriter(partial, EDITS) as writer:
                for table in read_row_groups(paths, EDITS):
                    writer.write({name: table[name] for name in EDITS.names})
                    writer.count(rows_in=len(table), kept=len(table))
            os.replace(partial, self.output)
        finally:
            partial.unlink(missing_ok=True)
        for path in paths:
            path.unlink()


def _write_part(path: Path, table: pa.Table) -> None:
    remove_abandoned(path)
    partial = partial_of(path)
    try:
        with ParquetWriter(partial, EDITS) as writer:
            writer.write({name: table[name] for name in EDITS.names})
            writer.count(rows_in=len(table), kept=len(table))
        os.replace(partial, path)
    finally:
        partial.unlink(missing_ok=True)
