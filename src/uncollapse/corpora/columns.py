"""Columns of a table as Arrow arrays: the whole-column companion of :mod:`uncollapse.corpora.tables`.

For tables of numbers and short values that are worked on all at once, such as ten million candidates with their scores.
Parquet and plain CSV are read by Arrow; what holds quotes, is JSON, or is not read without complaint goes row by row
through :func:`uncollapse.corpora.tables.read_rows`, whose rules and errors thereby hold for all.
"""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq

from uncollapse.corpora.cells import id_text
from uncollapse.corpora.formats import DELIMITERS, TEXTS, kind_of, packed_as
from uncollapse.corpora.plain_values import has_half_characters
from uncollapse.corpora.tables import Wording, column_names, half_characters, read_rows
from uncollapse.errors import DataError

Column = pa.ChunkedArray | pa.Array

_PLAIN = Wording()
_PLAIN_TYPES = {
    pa.string_view(): pa.large_string(),
    pa.binary_view(): pa.large_binary(),
    pa.float16(): pa.float64(),
}
_SCANNED = 1 << 24  # bytes looked through for quotes at once


def read_columns(
    path: Path, columns: Iterable[str], *, suffixes: Sequence[str] = TEXTS, wording: Wording = _PLAIN
) -> tuple[list[str], dict[str, Column]]:
    """Names of all columns, and the values of those asked for: text of CSV and TSV, else of the file's types.

    Values of one JSON column that are of several kinds become text, as ids do (:func:`~.cells.id_text`).

    Raises
    ------
    DataError
        As for :func:`uncollapse.corpora.tables.read_rows`.
    """
    names = column_names(path, suffixes=suffixes, wording=wording)
    wanted = list(dict.fromkeys(columns))
    kind = kind_of(path, suffixes)
    if all(names.count(name) == 1 for name in wanted):
        try:
            if kind == "parquet":
                with pq.ParquetFile(path) as file:
                    table = file.read(columns=wanted)
                return names, {name: _for_functions(table[name]) for name in wanted}
            if kind in DELIMITERS and not packed_as(path) and not _holds_quotes(path):
                return names, _plain_csv(path, wanted, DELIMITERS[kind])
        except (pa.ArrowException, OSError, UnicodeDecodeError):
            pass  # read again, row by row, to say where the fault lies
    values: dict[str, list[Any]] = {name: [] for name in wanted}
    for _, row in read_rows(path, wanted, suffixes=suffixes, wording=wording):
        for name, column in values.items():
            column.append(row.get(name))
    try:
        return names, {name: _array(column) for name, column in values.items()}
    except UnicodeEncodeError:
        for place, row in half_characters(path):
            for name in wanted:
                if has_half_characters(row.get(name)):
                    raise DataError(
                        f"{path}: {place}, column {name!r}, holds half a character; mend or drop that row"
                    ) from None
        raise


def _for_functions(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """A column of types that Arrow 26 has its functions for: not of extensions such as bool8, nor of views of texts or
    numbers of two bytes.
    """
    if isinstance(column.type, pa.BaseExtensionType):
        column = column.cast(column.type.storage_type)
    return column.cast(_PLAIN_TYPES[column.type]) if column.type in _PLAIN_TYPES else column


def _plain_csv(path: Path, columns: Sequence[str], delimiter: str) -> dict[str, Column]:
    table = pyarrow.csv.read_csv(
        path,
        parse_options=pyarrow.csv.ParseOptions(delimiter=delimiter, quote_char=False),
        convert_options=pyarrow.csv.ConvertOptions(
            include_columns=list(columns), column_types=dict.fromkeys(columns, pa.string()), strings_can_be_null=False
        ),
    )
    return {name: table[name] for name in columns}


def _holds_quotes(path: Path) -> bool:
    with open(path, "rb") as file:
        return any(b'"' in part for part in iter(lambda: file.read(_SCANNED), b""))


def _array(values: list[Any]) -> Column:
    kinds = {type(value) for value in values} - {type(None)}
    if len(kinds) > 1 and not kinds <= {int, float}:
        return pa.array([None if value is None else id_text(value) for value in values], pa.string())
    try:
        return pa.array(values)
    except (pa.ArrowException, OverflowError):  # lists and objects of several shapes, whole numbers that do not fit
        return pa.array([None if value is None else id_text(value) for value in values], pa.string())
