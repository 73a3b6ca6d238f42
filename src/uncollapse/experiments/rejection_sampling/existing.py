"""Candidates that exist already, from a file of any kind."""

from collections import Counter
from pathlib import Path
from typing import Any

import pyarrow as pa

from uncollapse.errors import DataError
from uncollapse.generators.existing import read_answers

_COLUMNS = ("text", "status", "reason", "prompt_tokens", "completion_tokens", "log_prob")


def candidates_of_file(
    path: Path, asked: pa.Table, some: pa.Table, *, text: str, prompt_id: str
) -> tuple[list[dict[str, Any]], dict[str, int]]:
    """Candidates of some of the prompts in the file's order, numbered within each; nothing is dropped.

    Raises
    ------
    DataError
        As :func:`~uncollapse.generators.existing.read_answers` does, for a prompt that is none of ``asked``, and for
        some prompts without any candidate.
    """
    known, mine = (set(table.column("prompt_id").to_pylist()) for table in (asked, some))
    named = ("candidates.text", "candidates.prompt_id")
    numbers: Counter[str] = Counter()
    rows = []
    for place, prompt, answer in read_answers(path, text=text, prompt_id=prompt_id, named=named):
        if prompt not in known:
            raise DataError(
                f"{path}: {place} is of prompt {prompt!r}, which is none of the train prompts; drop it, or name the"
                " column of their ids with candidates.prompt_id"
            )
        if prompt not in mine:
            continue
        values = {name: getattr(answer, name) for name in _COLUMNS}
        rows.append({"prompt_id": prompt, "sample": numbers[prompt], **values})
        numbers[prompt] += 1
    if lacking := [name for name in some.column("prompt_id").to_pylist() if not numbers[name]]:
        raise DataError(f"{path}: no candidate of prompt {lacking[0]!r} and {len(lacking) - 1:,} others; add some")
    return rows, {}
