"""Long work part by part: each part is on disk before the next begins, so that a killed run goes on where it was."""

import hashlib
import json
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

from uncollapse.artifacts.parquet import ParquetWriter, read_row_groups, row_account
from uncollapse.jobs.partial import whole


@dataclass(frozen=True)
class Parts:
    """Numbered parts of one Parquet file, in a folder beside it until it is whole.

    identity : everything that decides their content, as JSON has it; parts of another identity are not used
    """

    output: Path
    identity: Any
    schema: pa.Schema

    def begin(self) -> None:
        """Keep the parts of this identity, and forget all others."""
        if not self.are_mine():
            self.clear()
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / "identity").write_text(self._key)

    def are_mine(self) -> bool:
        """Whether what lies there, parts or the file that was made of them, is of this identity."""
        path = self.folder / "identity"
        return path.exists() and path.read_text() == self._key

    def of_others(self) -> bool:
        """Whether parts of another identity lie there, which :meth:`begin` would forget."""
        return not self.are_mine() and any(self.folder.glob("[0-9]*.parquet"))

    def path(self, number: int) -> Path:
        """The file of a part, whether it is there or not."""
        return self.folder / f"{number:08}.parquet"

    def write(self, number: int, columns: dict[str, Any], *, dropped: dict[str, int] | None = None) -> None:
        """One part, whole or not at all; ``dropped`` says how many rows it lost, by reason."""
        rows = len(next(iter(columns.values())))
        with whole(self.path(number)) as partial, ParquetWriter(partial, self.schema) as writer:
            writer.write(columns)
            writer.count(rows_in=rows + sum((dropped or {}).values()), kept=rows, dropped=dropped)

    def merge(self) -> None:
        """All parts as the output, a row group each; who made it is remembered until :meth:`clear`."""
        paths = sorted(self.folder.glob("[0-9]*.parquet"))
        with whole(self.output) as partial, ParquetWriter(partial, self.schema) as writer:
            for path in paths:
                for table in read_row_groups(path, self.schema):
                    writer.write({name: table[name] for name in self.schema.names})
                account = row_account(path)
                assert account is not None, path
                writer.count(**account)
        for path in paths:
            path.unlink()

    def clear(self) -> None:
        """Forget all parts, and how the output came about."""
        shutil.rmtree(self.folder, ignore_errors=True)

    @property
    def folder(self) -> Path:
        """The folder of the parts, beside the output."""
        return self.output.parent / f".{self.output.name}.parts"

    @property
    def _key(self) -> str:
        return hashlib.sha256(json.dumps(self.identity, sort_keys=True).encode()).hexdigest()
