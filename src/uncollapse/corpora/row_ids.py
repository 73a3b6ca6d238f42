"""Ids of the rows of a table: each row has one, of one column or of several together, and no two have the same."""

from array import array
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from uncollapse.corpora.cells import digest, id_text
from uncollapse.corpora.formats import TEXTS, kind_of
from uncollapse.corpora.tables import read_rows, schema_of
from uncollapse.errors import DataError
from uncollapse.jobs.file_memory import Version, version_of

_EXACT = {pa.float16(): 11, pa.float32(): 24, pa.float64(): 53}  # bits of the whole numbers that are all told apart
_SURE = 2**11  # below it every type tells them apart


def row_id(row: Mapping[str, Any], columns: Sequence[str]) -> str:
    """Words that tell a row apart: what its columns say (:func:`~.cells.id_text`), with a slash between.

    >>> row_id({"prompt_id": "q7", "sample": 2.0}, ["prompt_id", "sample"])
    'q7/2'
    """
    return "/".join(id_text(row.get(name)) for name in columns)


def id_words(columns: Sequence[str]) -> str:
    """Names of the columns that tell rows apart."""
    return " and ".join(columns)


def digits_lost(path: Path, column: str, value: float) -> str:
    """Words on a floating-point number of a file so large that neighbouring whole numbers are one; empty for others."""
    if not abs(value) >= _SURE:  # NaN is none
        return ""
    bits = _EXACT[_float_of(path, column, version_of(str(path)))]
    if abs(value) < 2**bits:
        return ""
    return (
        f"a floating-point number of 2**{bits} and more, where neighbours are one number: ids are lost; write the"
        " column as whole numbers or as text"
    )


@lru_cache(maxsize=64)
def _float_of(path: Path, column: str, _: Version) -> pa.DataType:
    """The type of a column's floating-point numbers: that of a Parquet file, else Python's own."""
    kind = schema_of(path).field(column).type if kind_of(path) == "parquet" else None
    return kind if kind in _EXACT else pa.float64()


def check_digits(path: Path, place: str, row: Mapping[str, Any], column: str) -> None:
    """Check that a value tells rows apart, as far as its digits go.

    Raises
    ------
    DataError
        For a floating-point number that may be another's too; with its place.
    """
    if isinstance(value := row.get(column), float) and (lost := digits_lost(path, column, value)):
        raise DataError(f"{path}: {place}, column {column!r}: {value!r}: {lost}")


def known_id(path: Path, place: str, row: Mapping[str, Any], columns: Sequence[str]) -> str:
    """Words that tell a row apart which must have an id.

    Raises
    ------
    DataError
        For one without, and as :func:`check_digits`; with its place.
    """
    for column in columns:
        check_digits(path, place, row, column)
    name = row_id(row, columns)
    if not name.strip("/ "):
        raise DataError(
            f"{path}: {place} has no {id_words(columns)}: each candidate needs one; name another column with --id"
        )
    return name


def check_ids(path: Path, columns: Sequence[str], *, suffixes: Sequence[str] = TEXTS) -> None:
    """Check that every row of a file has an id of its own; of each, a hash of eight bytes is held.

    Raises
    ------
    DataError
        For a row without an id, and for two of one, with their places.
    """
    found = array("Q")
    for place, row in read_rows(path, columns, suffixes=suffixes):
        found.append(hashed(known_id(path, place, row, columns)))
    hashes = np.asarray(found)
    check_once(path, columns, hashes, np.arange(len(hashes)), suffixes=suffixes)


def check_once(
    path: Path,
    columns: Sequence[str],
    ids: NDArray[np.uint64],
    rows: NDArray[np.int64],
    *,
    suffixes: Sequence[str] = TEXTS,
) -> None:
    """Check that no two rows have one id.

    Parameters
    ----------
    ids, rows : of each row (N,), the hash of its id (:func:`hashed`) and its number in the file, from 0

    Raises
    ------
    DataError
        For two of one, with their places.
    """
    order = np.argsort(ids, kind="stable")
    twice = np.flatnonzero(ids[order][1:] == ids[order][:-1])
    if not len(twice):
        return
    first, second = int(rows[order[twice[0]]]), int(rows[order[twice[0] + 1]])
    named = {
        number: (place, row_id(row, columns))
        for number, (place, row) in enumerate(read_rows(path, columns, suffixes=suffixes))
        if number in (first, second)
    }
    (one, name), (other, _) = named[first], named[second]
    raise DataError(
        f"{path}: {one} and {other} both have the {id_words(columns)} {name!r} ({len(twice):,} such pairs): name a"
        " column that tells candidates apart with --id, or drop rows that are there twice"
    )


def hashed(value: Any) -> int:
    """Hash of an id of 64 bits."""
    return int.from_bytes(digest(id_text(value))[:8], "little")
