"""Rows of CSV and JSON-lines files, each with its line: UTF-8 with or without a byte-order mark, plain or packed.

A row that does not fit the header is refused: one unquoted comma too many would move every value after it by a column.
"""

import csv
import gzip
import json
import re
import zlib
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from io import TextIOWrapper
from pathlib import Path
from typing import Any, TextIO

import pyarrow as pa

from uncollapse.artifacts.json_objects import of_different_names
from uncollapse.corpora.formats import packed_as, suffix_of
from uncollapse.errors import DataError

_LONGEST = 2**31 - 1  # characters of a field; Python's own limit is 131,072


def csv_rows(
    path: Path, *, delimiter: str = ",", columns: Collection[str] | None = None
) -> Iterator[tuple[int, dict[str, str]]]:
    """Rows by column with the line that each begins on, from 2; every value is text as it stands. Blank lines are none.

    Parameters
    ----------
    columns : those that are asked for, by default all; of others there may be several of one name, such as the empty
        ones that spreadsheets leave at the end, and a row has the last one's value

    Raises
    ------
    DataError
        For a file that is damaged, not UTF-8 or without a header, two columns of one name, quotes that do not close,
        and a row with more or fewer fields than the header has; with file and line.
    """
    rows = _csv_lines(path, delimiter)
    _, header = next(rows)
    check_once(path, header, header if columns is None else columns)
    for line, row in rows:
        if len(row) != len(header):
            raise DataError(
                f"{path}: line {line} has {len(row)} fields, the header has {len(header)} ({', '.join(header)}):"
                f" {'more' if len(row) > len(header) else 'fewer'} fields than the first line; put a text that"
                f" holds {_NAMES.get(delimiter, delimiter)} or line ends in quotes{other_delimiter(header, delimiter)}"
            )
        yield line, dict(zip(header, row, strict=True))


def csv_header(path: Path, *, delimiter: str = ",") -> list[str]:
    """Names of the columns, which the first line that is not blank has, whether or not rows follow it.

    Raises
    ------
    DataError
        As :func:`csv_rows` for that line.
    """
    return next(_csv_lines(path, delimiter))[1]


def _csv_lines(path: Path, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Fields of every line that is not blank, with its number; the first has the names of the columns."""
    csv.field_size_limit(_LONGEST)
    with opened(path) as file:
        rows = csv.reader(file, delimiter=delimiter, strict=True)
        before = 0
        header: list[str] = []
        while True:
            try:
                row = next(rows, None)
            except csv.Error as error:
                raise DataError(
                    f"{path}: line {before + 1}: {error}; put a text that holds quotes or line ends in quotes, and"
                    f" double the quotes inside{other_delimiter(header, delimiter)}"
                ) from error
            if row is None:
                break
            line, before = before + 1, rows.line_num
            if row and not header:
                header = row
            if row:
                yield line, row
    if not header:
        raise DataError(f"{path}: empty; its first line must name the columns")


def check_once(path: Path, names: Sequence[str], columns: Iterable[str]) -> None:
    """Check that of the columns of a file, by their ``names``, none of those asked for is there twice.

    Raises
    ------
    DataError
        With its name.
    """
    if twice := sorted({name for name in columns if names.count(name) > 1}):
        raise DataError(f"{path}: two columns are called {twice[0]!r}; rename one")


def other_delimiter(header: Sequence[str], delimiter: str) -> str:
    """Words for a header of one field within which another delimiter stands; empty where there is none.

    >>> other_delimiter(["text;title"], ",")
    ". Its first line has the one field 'text;title': if ';' parts the fields, save it with commas"
    """
    found = next((mark for mark in ";\t|," if len(header) == 1 and mark != delimiter and mark in header[0]), None)
    if found is None:
        return ""
    return (
        f". Its first line has the one field {header[0]!r}: if {found!r} parts the fields, save it with"
        f" {_NAMES.get(delimiter, delimiter)}"
    )


def json_rows(path: Path, *, only: re.Pattern[str] | None = None) -> Iterator[tuple[int, dict[str, Any]]]:
    """Objects with the line that each stands on, from 1; blank lines are none. Read are ``only`` lines that hold such.

    Raises
    ------
    DataError
        For a file that is damaged, not UTF-8 or empty, and a line that is no JSON object; with file and line.
    """
    line = 0
    with opened(path) as file:
        for number, text in enumerate(file, start=1):
            if not text.strip():
                continue
            line = number
            if only is not None and not only.search(text):
                continue
            try:
                row = _OBJECTS.decode(text)
            except (ValueError, RecursionError) as error:
                raise DataError(
                    f"{path}: line {line} is no JSON ({error}); each line must be one JSON object"
                ) from error
            if not isinstance(row, dict):
                raise DataError(f"{path}: line {line} is no JSON object but {type(row).__name__}; write one a line")
            yield line, row
    if not line:
        raise DataError(f"{path}: empty; write one JSON object a line")


_OBJECTS = json.JSONDecoder(object_pairs_hook=of_different_names)


def is_array(path: Path) -> bool:
    """Whether a .json file holds an array."""
    with opened(path) as file:
        return suffix_of(path) == ".json" and next((text.lstrip()[0] for text in file if text.strip()), "") == "["


def array_rows(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    """Objects of a JSON array, each with its number from 0; the file is read as a whole.

    Raises
    ------
    DataError
        For a file that is damaged or not UTF-8, and an item that is no JSON object; with file and item.
    """
    with opened(path) as file:
        try:
            rows = _OBJECTS.decode(file.read())
        except (ValueError, RecursionError) as error:
            raise DataError(f"{path}: no whole JSON array ({error}); save it again, or one object a line") from error
    for number, row in enumerate(rows):
        if not isinstance(row, dict):
            raise DataError(f"{path}: item {number} is no JSON object but {type(row).__name__}; each must be one")
        yield number, row


_NAMES = {",": "commas", "\t": "tabs"}


@contextmanager
def opened(path: Path) -> Iterator[TextIO]:
    """The text of a file, unpacked.

    Raises
    ------
    DataError
        For a file that is damaged or not UTF-8.
    """
    how = packed_as(path)
    try:
        if how == ".zst":
            with TextIOWrapper(pa.input_stream(path, compression="zstd"), encoding="utf-8-sig", newline="") as text:
                yield text
        else:
            with (gzip.open if how else open)(path, "rt", encoding="utf-8-sig", newline="") as file:
                yield file  # type: ignore[misc]
    except UnicodeDecodeError as error:
        raise DataError(f"{path}: not UTF-8 ({error}); save it as UTF-8") from error
    except (OSError, EOFError, zlib.error) as error:
        raise DataError(f"{path}: cannot be read: {error}") from error
