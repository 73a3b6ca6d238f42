"""Tables that lie at an address of fsspec, such as on the hub: which there are, and their columns by a few bytes."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from fsspec import AbstractFileSystem
from fsspec.core import url_to_fs

from uncollapse.corpora.formats import kind_of, packed_as, suffix_of
from uncollapse.corpora.tables import column_names
from uncollapse.errors import DataError

_HEAD = 1 << 20  # bytes of a text file that are read for its columns
_CODECS = {".gz": "gzip", ".zst": "zstd"}


class RemoteFolder:
    """The files below an address, without hidden ones."""

    def __init__(self, address: str) -> None:
        self._files: AbstractFileSystem
        self._files, self._root = url_to_fs(address)

    def paths(self) -> Iterator[str]:
        """Paths below the folder, sorted."""
        for path in sorted(self._files.find(self._root)):
            name = path.removeprefix(self._root).lstrip("/")
            if not any(part.startswith(".") for part in name.split("/")):
                yield name

    def text(self, name: str) -> str:
        """Content of a file in UTF-8; empty where there is none."""
        path = f"{self._root}/{name}"
        return self._files.cat_file(path).decode() if self._files.exists(path) else ""

    def columns(self, name: str, *, suffixes: tuple[str, ...]) -> list[str]:
        """Columns of a table.

        Raises
        ------
        DataError
            For a file that is no table.
        """
        with self._files.open(f"{self._root}/{name}") as file:
            if kind_of(Path(name), suffixes) == "parquet":
                try:
                    return pq.ParquetFile(file).schema_arrow.names
                except pa.ArrowException as error:
                    raise DataError(f"{name}: cannot be read as parquet ({error})") from error
            packed = packed_as(name)
            head = (pa.CompressedInputStream(file, _CODECS[packed]) if packed else file).read(_HEAD)
        if len(head) == _HEAD:
            head = head[: head.rfind(b"\n") + 1]
        with tempfile.TemporaryDirectory() as folder:
            beginning = Path(folder) / f"head{suffix_of(name)}"
            beginning.write_bytes(head)
            return column_names(beginning, suffixes=suffixes)
