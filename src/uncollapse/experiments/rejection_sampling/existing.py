"""Candidates that exist already, from a file of any kind."""

from collections import Counter
from pathlib import Path
from typing import Any

import pyarrow as pa

from uncollapse.corpora.tables import column_names, read_rows, unicode_text
from uncollapse.errors import DataError

_NUMBERS = ("prompt_tokens", "completion_tokens", "log_prob")


def candidates_of_file(
    path: Path, asked: pa.Table, some: pa.Table, *, text: str, prompt_id: str
) -> tuple[list[dict[str, Any]], dict[str, int]]:
    """Candidates of some of the prompts in the file's order, numbered within each; nothing is dropped.

    An empty text has the status empty; without a column ``status`` all others are ok.

    Raises
    ------
    DataError
        For a file that cannot be read, a prompt that is none of ``asked``, and some prompts without any candidate.
    """
    names = column_names(path)
    for column, key in ((text, "text"), (prompt_id, "prompt_id")):
        if column not in names:
            raise DataError(f"{path}: no column {column!r}; there are {', '.join(names)}: correct candidates.{key}")
    known, mine = (set(table.column("prompt_id").to_pylist()) for table in (asked, some))
    given = [name for name in (*_NUMBERS, "status", "reason") if name in names]
    numbers: Counter[str] = Counter()
    rows = []
    for place, row in read_rows(path, dict.fromkeys([text, prompt_id, *given])):
        prompt = str(row.get(prompt_id))
        if prompt not in known:
            raise DataError(
                f"{path}: {place} is of prompt {prompt!r}, which is none of the train prompts; drop it, or name the"
                " column of their ids with candidates.prompt_id"
            )
        if prompt not in mine:
            continue
        written = unicode_text(str(row.get(text) or ""), path, place)
        status = str(row.get("status") or "ok") if written.strip() else "empty"
        rows.append(
            {
                "prompt_id": prompt,
                "sample": numbers[prompt],
                "text": written,
                "status": status,
                "reason": str(row.get("reason") or "") if written.strip() else "no text",
                **{name: row.get(name) for name in _NUMBERS},
            }
        )
        numbers[prompt] += 1
    if lacking := [name for name in some.column("prompt_id").to_pylist() if not numbers[name]]:
        raise DataError(f"{path}: no candidate of prompt {lacking[0]!r} and {len(lacking) - 1:,} others; add some")
    return rows, {}
