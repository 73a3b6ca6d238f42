"""Tables of texts as streams of rows: Parquet, JSON lines, CSV and TSV, all but Parquet plain or packed (.gz, .zst).

Only the columns asked for are looked at: whatever else a file holds, or says about itself, is no obstacle. Values of
CSV and TSV files are text as they stand; those of JSON and Parquet have the types of the file.
"""

import re
import sys
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from uncollapse.corpora.formats import DELIMITERS, TEXTS, kind_of, packed_as
from uncollapse.corpora.plain_values import has_half_characters, with_times_as_text
from uncollapse.corpora.rows import (
    array_rows,
    check_once,
    csv_header,
    csv_rows,
    is_array,
    json_rows,
    opened,
    other_delimiter,
)
from uncollapse.errors import DataError
from uncollapse.jobs.file_memory import Version, version_of
from uncollapse.settings.places import spelled

_UNPACKED = {"": None, ".gz": "gzip", ".zst": "zstd"}
BATCH_ROWS = 256  # of a Parquet file, held as Python objects at once

Row = tuple[str, dict[str, Any]]  # where it stands, such as "line 2" (from 1) or "row 0"; its values by column


@dataclass(frozen=True, kw_only=True)
class Wording:
    """Words of a reader's errors after the file's name; ``{column}``, ``{there}`` and ``{suffixes}`` are filled in."""

    no_file: str = "no such file"
    no_kind: str = "not one of {suffixes}; convert it, or rename it to its kind"
    no_column: str = "no column {column}; there are {there}"

    def missing(self, columns: Iterable[str], names: Iterable[str]) -> str:
        """Error text for columns that are looked for in vain, and the ``names`` that there are."""
        return self.no_column.format(column=", ".join(map(repr, columns)), there=", ".join(names))


def read_rows(
    path: Path,
    columns: Iterable[str],
    *,
    every_row: bool = False,
    one_of_several: bool = False,
    suffixes: Sequence[str] = TEXTS,
    wording: Wording = Wording(),
) -> Iterator[Row]:
    """Rows of a file in order, each with its place and at least the values of ``columns``; null is None.

    Parameters
    ----------
    every_row : whether each JSON object must have all columns. Otherwise one of the file's has to, and a column that
        an object leaves out is missing from its row.
    one_of_several : whether the file is part of a table, and may have no rows, and then no columns either.
    suffixes : kinds of files that are read.
    wording : the caller's fixes, such as the option that names a column.

    Raises
    ------
    DataError
        For a file that is missing, damaged or of another kind, a column that it has not or has twice, and a row of a
        CSV file with more or fewer fields than its header; with file, line or row, and what there is.
    """
    wanted = list(dict.fromkeys(columns))
    kind = _kind(path, suffixes, wording)
    if one_of_several and _has_no_rows(path, kind):
        return
    if kind == "parquet":
        yield from _parquet_rows(path, wanted, wording)
    elif kind == "json":
        yield from _json_rows(path, wanted, wording, every_row=every_row)
    else:
        header = csv_header(path, delimiter=DELIMITERS[kind])
        _check(path, wanted, header, wording, after=other_delimiter(header, DELIMITERS[kind]))
        for line, row in csv_rows(path, delimiter=DELIMITERS[kind], columns=wanted):
            yield f"line {line}", row


def _has_no_rows(path: Path, kind: str) -> bool:
    """Whether a table has no row: programs that filter leave such shards, often without a header."""
    if kind == "parquet":
        with _parquet(path) as file:
            return file.metadata.num_rows == 0
    if kind == "json" and is_array(path):
        return not any(True for _ in array_rows(path))
    fewest = 1 if kind == "json" else 2
    with opened(path) as file:
        return len(list(islice((line for line in file if line.strip()), fewest))) < fewest


def column_names(path: Path, *, suffixes: Sequence[str] = TEXTS, wording: Wording = Wording()) -> list[str]:
    """Columns of a file, in its order; of a JSON file, whose objects may leave some out, those of all rows in the order
    of their first appearance.

    Raises
    ------
    DataError
        As for :func:`read_rows`.
    """
    kind = _kind(path, suffixes, wording)
    if kind == "parquet":
        with _parquet(path) as file:
            return file.schema_arrow.names
    if kind == "json":
        return list(_json_names(path, version_of(str(path))))
    return csv_header(path, delimiter=DELIMITERS[kind])


@lru_cache(maxsize=16)
def _json_names(path: Path, _: Version) -> tuple[str, ...]:
    """Names of the columns of all rows, which are looked for once in each version of a file."""
    found: dict[str, None] = {}
    for _, row in _objects(path)[1]:
        found.update(dict.fromkeys(row))
    return tuple(found)


def told_columns(path: Path, names: Sequence[str]) -> str:
    """Names of a file's columns in words, for errors on one that is not there; with a hint where it looks like a table
    of another delimiter.
    """
    kind = kind_of(path)
    hint = other_delimiter(names, DELIMITERS[kind]) if kind in DELIMITERS else ""
    return ", ".join(names) + (f" ({hint.removeprefix('. ')})" if hint else "")


def schema_of(path: Path) -> pa.Schema:
    """Columns of a Parquet file with their types.

    Raises
    ------
    DataError
        For a file that is missing or damaged.
    """
    _kind(path, (".parquet",), Wording())
    with _parquet(path) as file:
        return file.schema_arrow


def half_characters(path: Path) -> Iterator[Row]:
    """Rows of a JSON file that hold half of a surrogate pair, with their places.

    A file in UTF-8 holds such halves as escapes alone, so that rows without one are not looked into.
    """
    word, rows = _objects(path, only=re.compile(r"\\ud[89a-f]", re.IGNORECASE))
    return ((f"{word} {number}", row) for number, row in rows if has_half_characters(row))


def most_rows(path: Path, *, suffixes: Sequence[str] = TEXTS) -> int:
    """How many rows a file has, or at the most for one whose texts hold line ends: for progress."""
    if kind_of(path, suffixes) == "parquet":
        try:
            return pq.read_metadata(path).num_rows
        except Exception:  # said in words by whoever reads it
            return sys.maxsize
    with pa.input_stream(path, compression=_UNPACKED[packed_as(path)]) as file:
        try:
            return sum(part.count(b"\n") for part in iter(lambda: file.read(1 << 24), b""))
        except OSError:  # damaged, which is said in words by whoever reads it
            return sys.maxsize


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


def _kind(path: Path, suffixes: Sequence[str], wording: Wording) -> str:
    if path.is_dir():
        raise DataError(f"{path}: is a folder; name a file in it")
    if not path.is_file():
        pipe = "is no ordinary file, and it is read more than once; write its content to one"
        raise DataError(f"{path}: {pipe if path.exists() else spelled(str(path)) or wording.no_file}")
    kind = kind_of(path, suffixes)
    if kind is None:
        raise DataError(f"{path}: {wording.no_kind.format(suffixes=', '.join(suffixes))}")
    return kind


@contextmanager
def _parquet(path: Path) -> Iterator[pq.ParquetFile]:
    try:
        with pq.ParquetFile(path) as file:
            yield file
    except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
        raise DataError(f"{path}: cannot be read as parquet: not a whole parquet file in UTF-8 ({error})") from error


def _parquet_rows(path: Path, columns: Sequence[str], wording: Wording) -> Iterator[Row]:
    with _parquet(path) as file:
        names = file.schema_arrow.names
        _check(path, columns, names, wording)
        check_once(path, names, columns)
        number = 0
        for batch in file.iter_batches(batch_size=BATCH_ROWS, columns=columns):
            for row in python_rows(path, batch):
                yield f"row {number}", row
                number += 1


def python_rows(path: Path, batch: pa.RecordBatch) -> list[dict[str, Any]]:
    """Rows of a batch as Python's values; times of day in nanoseconds, which Python has not, are text.

    Raises
    ------
    DataError
        For dates and spans of time beyond Python's, and times of a zone that it does not know, with the column.
    """
    values: dict[str, list[Any]] = {}
    for field, column in zip(batch.schema, batch.columns, strict=True):
        kind = with_times_as_text(field.type)
        try:
            values[field.name] = (column if kind == field.type else column.cast(kind)).to_pylist()
        except (OverflowError, ValueError, KeyError) as error:  # the last for time zones that Python does not know
            raise DataError(
                f"{path}: column {field.name!r} holds a {field.type} that cannot be read ({error}); mend or drop that"
                " column"
            ) from error
    if not values:
        return [{} for _ in range(batch.num_rows)]
    return [dict(zip(values, row, strict=True)) for row in zip(*values.values(), strict=True)]


def _json_rows(path: Path, columns: Sequence[str], wording: Wording, *, every_row: bool) -> Iterator[Row]:
    if not every_row:
        names: dict[str, None] = {}
        for _, row in _objects(path)[1]:
            names.update(dict.fromkeys(row))
            if all(column in names for column in columns):
                break
        _check(path, columns, names, wording)
    word, rows = _objects(path)
    for number, row in rows:
        if every_row:
            _check(path, columns, row, wording, where=f"{word} {number} has ")
        yield f"{word} {number}", row


def _objects(path: Path, *, only: re.Pattern[str] | None = None) -> tuple[str, Iterator[tuple[int, dict[str, Any]]]]:
    """Word for the places of a JSON file's objects, and the objects with their places; of lines ``only`` such."""
    return ("item", array_rows(path)) if is_array(path) else ("line", json_rows(path, only=only))


def _check(
    path: Path, columns: Sequence[str], names: Collection[str], wording: Wording, *, where: str = "", after: str = ""
) -> None:
    missing = [column for column in columns if column not in names]
    if missing:
        raise DataError(f"{path}: {where}{wording.missing(missing, names)}{after}")
