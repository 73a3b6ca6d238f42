"""Ids of the rows of a table: each row has one, of one column or of several together, and no two have the same."""

from array import array
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from uncollapse.corpora.cells import digest, id_text
from uncollapse.corpora.formats import TEXTS
from uncollapse.corpora.tables import read_rows
from uncollapse.errors import DataError

WHOLE = 2**53  # from here on neighbouring whole numbers are one floating-point number
LOST = (
    "a floating-point number of 2**53 and more, where neighbours are one number: ids are lost; write the column as"
    " whole numbers or as text"
)


def row_id(row: Mapping[str, Any], columns: Sequence[str]) -> str:
    """Words that tell a row apart: what its columns say (:func:`~.cells.id_text`), with a slash between.

    >>> row_id({"prompt_id": "q7", "sample": 2.0}, ["prompt_id", "sample"])
    'q7/2'
    """
    return "/".join(id_text(row.get(name)) for name in columns)


def id_words(columns: Sequence[str]) -> str:
    """Names of the columns that tell rows apart."""
    return " and ".join(columns)


def known_id(path: Path, place: str, row: Mapping[str, Any], columns: Sequence[str]) -> str:
    """Words that tell a row apart which must have an id.

    Raises
    ------
    DataError
        For one without, and for one that may be another's too since its last digits are lost; with its place.
    """
    for column in columns:
        if isinstance(value := row.get(column), float) and abs(value) >= WHOLE:
            raise DataError(f"{path}: {place}, column {column!r}: {value!r}: {LOST}")
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
