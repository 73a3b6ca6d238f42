"""The texts of one column of a Parquet, JSON-lines, CSV or TSV file, and how many rows have none."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from uncollapse.corpora.rows import csv_rows, json_rows
from uncollapse.errors import DataError


@dataclass(frozen=True)
class Texts:
    """``texts`` in the file's order; ``missing`` rows have no value, ``blank`` ones nothing but white space."""

    texts: list[str]
    missing: int
    blank: int

    @property
    def read(self) -> int:
        """Rows of the file."""
        return len(self.texts) + self.missing + self.blank

    @property
    def told(self) -> str:
        """How many documents were read and left out, as words.

        >>> Texts(["a"] * 3, 1, 2).told, Texts(["a"], 0, 0).told
        ('6 read, 3 left out (1 without a text, 2 blank)', '1 read')
        """
        left = self.missing + self.blank
        if not left:
            return f"{self.read:,} read"
        return f"{self.read:,} read, {left:,} left out ({self.missing:,} without a text, {self.blank:,} blank)"


def read_texts(path: Path, column: str) -> Texts:
    """Read a column of texts whole.

    Raises
    ------
    DataError
        For a file that is missing, damaged or of another kind, a column that it has not, and a value that is no text;
        with file, line or row, and what there is.
    """
    if not path.is_file():
        raise DataError(f"{path}: no such file")
    kind = path.name.lower().removesuffix(".gz").rpartition(".")[2]
    if kind == "parquet":
        values = _parquet(path, column)
    elif kind in ("jsonl", "ndjson"):
        values = _json(path, column)
    elif kind in ("csv", "tsv"):
        values = _csv(path, column, delimiter="\t" if kind == "tsv" else ",")
    else:
        raise DataError(f"{path}: a corpus is a .parquet, .jsonl, .csv or .tsv file")
    texts, missing, blank = [], 0, 0
    for place, value in values:
        if value is None:
            missing += 1
        elif not isinstance(value, str):
            raise DataError(
                f"{path}: {place} holds {type(value).__name__}, not text, in column {column!r};"
                " name the column of texts with --text"
            )
        elif not value.strip():
            blank += 1
        else:
            texts.append(unicode_text(value, path, place))
    return Texts(texts, missing, blank)


def unicode_text(text: str, path: Path | str, place: str) -> str:
    """The text itself, where it can be written down as UTF-8.

    Raises
    ------
    DataError
        For half of a surrogate pair, as programs leave it that cut texts by 16-bit units.
    """
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise DataError(f"{path}: {place} holds half a character ({error}); mend or drop that row") from error
    return text


def _parquet(path: Path, column: str) -> Iterator[tuple[str, Any]]:
    try:
        with pq.ParquetFile(path) as file:
            _have(path, column, file.schema_arrow.names)
        values = pq.read_table(path, columns=[column])[column].to_pylist()
    except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
        raise DataError(f"{path}: cannot be read: {error}") from error
    yield from ((f"row {number} (from 0)", value) for number, value in enumerate(values))


def _json(path: Path, column: str) -> Iterator[tuple[str, Any]]:
    names: dict[str, None] = {}
    for line, row in json_rows(path):
        names.update(dict.fromkeys(row))
        yield f"line {line}", row.get(column)
    _have(path, column, list(names))


def _csv(path: Path, column: str, *, delimiter: str) -> Iterator[tuple[str, Any]]:
    for line, row in csv_rows(path, delimiter=delimiter):
        _have(path, column, list(row))
        yield f"line {line}", row[column]


def _have(path: Path, column: str, names: list[str]) -> None:
    if column not in names:
        raise DataError(
            f"{path}: no column {column!r}; there are {', '.join(names)}: name the column of texts with --text"
        )
