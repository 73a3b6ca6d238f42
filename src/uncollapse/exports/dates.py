"""Columns of a training file that its readers would take for times: those whose every text is a date."""

from io import BytesIO
from pathlib import Path

import pyarrow as pa
from pyarrow.json import ReadOptions, read_json

from uncollapse.corpora.rows import opened


def read_as_times(path: Path) -> list[str]:
    """Columns of JSON lines that Arrow, and so ``datasets``, takes for times; reading ends where there are none left.

    ``features`` do not help there: a text such as 2026-12-01 comes back as 2026-12-01 00:00:00.
    """
    found: set[str] | None = None
    with opened(path) as file:
        for line in file:
            times = _times_of(line.encode())
            found = times if found is None else found & times
            if not found:
                break
    return sorted(found or ())


def _times_of(line: bytes) -> set[str]:
    """Names of one row's times; none where Arrow cannot read the row, so that others read it."""
    try:
        schema = read_json(BytesIO(line), ReadOptions(use_threads=False, block_size=len(line) + 1)).schema
    except pa.ArrowInvalid:
        return set()
    return {field.name for field in schema if _holds_times(field.type)}


def _holds_times(kind: pa.DataType) -> bool:
    """Whether a type is one of times, or has such parts.

    >>> _holds_times(pa.list_(pa.struct({"content": pa.timestamp("s")}))), _holds_times(pa.string())
    (True, False)
    """
    if pa.types.is_timestamp(kind):
        return True
    return any(_holds_times(kind.field(number).type) for number in range(kind.num_fields))
