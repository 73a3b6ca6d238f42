"""Candidates of a table as a stream, and what all of its rows have in common."""

import json
import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from uncollapse.corpora.cells import id_text
from uncollapse.corpora.row_ids import check_digits
from uncollapse.corpora.tables import read_rows, unicode_text
from uncollapse.errors import DataError
from uncollapse.verification.columns import WORDING, Columns
from uncollapse.verifiers.candidate import Candidate


@dataclass(frozen=True)
class Row:
    """One row: its place in words, and its candidate; None where the text is missing."""

    place: str
    candidate: Candidate | None


def rows(path: Path, columns: Columns) -> Iterator[Row]:
    """Rows of a table in order.

    Raises
    ------
    DataError
        For a file that cannot be read, and a candidate that is no text; with file and place.
    """
    for place, row in read_rows(path, columns.read, wording=WORDING):
        yield Row(place, _candidate(path, place, row, columns))


def _candidate(path: Path, place: str, row: dict[str, Any], columns: Columns) -> Candidate | None:
    text = row.get(columns.text)
    if text is None:
        return None
    if not isinstance(text, str):
        raise DataError(
            f"{path}: {place} holds {type(text).__name__}, not text, in column {columns.text!r};"
            " name the column of candidates with --text"
        )
    prompt = row.get(columns.prompt) if columns.prompt else None
    if columns.prompt_id:
        check_digits(path, place, row, columns.prompt_id)
    told = row.get(columns.prompt_id) if columns.prompt_id else prompt
    return Candidate(
        text=unicode_text(text, path, place),
        prompt=prompt,
        answer=answer_of(row.get(columns.answer)) if columns.answer else None,
        prompt_id=_told_apart(told),
        columns={name: row.get(name) for name in columns.further},
    )


def _told_apart(prompt: Any) -> str:
    """Text of what is the same for all candidates of a prompt; empty where it is missing."""
    if prompt is None or isinstance(prompt, str | float):
        return id_text(prompt)
    return json.dumps(prompt, sort_keys=True, default=str)


def answer_of(value: Any) -> str | None:
    """A true answer as text: 3.0 is 3.0, as the file has it. A list of one is what it holds.

    >>> answer_of(3), answer_of("x"), answer_of(["x"]), answer_of(None), answer_of(float("nan"))
    ('3', 'x', 'x', None, None)
    """
    if isinstance(value, list) and len(value) == 1:
        value = value[0]
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return None
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
