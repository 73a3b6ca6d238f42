"""Candidates that exist already, one a row of a file of any kind, read as answers."""

import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from uncollapse.corpora.tables import column_names, read_rows, told_columns, unicode_text
from uncollapse.errors import DataError
from uncollapse.generators.answer import STATUSES, Answer

_COUNTS = ("prompt_tokens", "completion_tokens")
_FURTHER = (*_COUNTS, "log_prob", "status", "reason", "finish_reason", "model")


def read_answers(path: Path, *, text: str, prompt_id: str, named: tuple[str, str]) -> Iterator[tuple[str, str, Answer]]:
    """Place, prompt's id and answer of every row.

    Columns status, reason, finish_reason, model, prompt_tokens, completion_tokens and log_prob are read where they are
    there. Without a status an answer is ok; without a text it is empty, unless its status says that it is no answer.

    Parameters
    ----------
    named : where text and prompt_id are named, for errors

    Raises
    ------
    DataError
        For a file that cannot be read, a missing column, and a value that is none of its column's.
    """
    names = column_names(path)
    for column, option in zip((text, prompt_id), named, strict=True):
        if column not in names:
            raise DataError(f"{path}: no column {column!r}; there are {told_columns(path, names)}: correct {option}")
    wanted = dict.fromkeys([text, prompt_id, *(name for name in _FURTHER if name in names)])
    for place, row in read_rows(path, wanted):
        if (prompt := row.get(prompt_id)) is None:
            raise DataError(
                f"{path}: {place} has no id of a prompt in column {prompt_id!r}; write one, or drop the row"
            )
        yield place, str(prompt), _answer(row, path, place, text)


def columns_left(path: Path, *, text: str, prompt_id: str) -> list[str]:
    """Columns of a file of candidates that :func:`read_answers` does not read."""
    return [name for name in column_names(path) if name not in (text, prompt_id, *_FURTHER)]


def _answer(row: dict[str, Any], path: Path, place: str, text: str) -> Answer:
    written = row.get(text)
    if written is not None and not isinstance(written, str):
        raise DataError(f"{path}: {place}: column {text!r} holds a {type(written).__name__}, no text; mend that row")
    written = unicode_text(written or "", path, place)
    status, reason = str(row.get("status") or "ok"), str(row.get("reason") or "")
    if status not in STATUSES:
        raise DataError(f"{path}: {place} has the status {status!r}; there are {', '.join(STATUSES)}")
    if not written.strip() and status in ("ok", "cut_off"):
        status, reason = "empty", "no text"
    prompt_tokens, completion_tokens = (_count(row.get(name), path, place, name) for name in _COUNTS)
    return Answer(
        status=status,  # type: ignore[arg-type]
        text=written,
        reason=reason,
        finish_reason=row.get("finish_reason") or None,
        model=row.get("model") or None,
        prompt_tokens=prompt_tokens,
        completion_tokens=completion_tokens,
        log_prob=_number(row.get("log_prob"), path, place, "log_prob"),
        tries=0,
    )


def _number(value: Any, path: Path, place: str, column: str) -> float | None:
    try:
        found = None if value in (None, "") else float(value)
    except (TypeError, ValueError):
        found = math.nan
    if found is not None and not math.isfinite(found):
        raise DataError(f"{path}: {place}: column {column!r} holds {value!r}, no number; mend that row")
    return found


def _count(value: Any, path: Path, place: str, column: str) -> int | None:
    found = _number(value, path, place, column)
    if found is not None and not (found.is_integer() and 0 <= found < 2**31):
        raise DataError(f"{path}: {place}: column {column!r} holds {value!r}, no number of tokens; mend that row")
    return None if found is None else int(found)
