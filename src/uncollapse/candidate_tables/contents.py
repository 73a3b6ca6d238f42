"""Digests of which candidates a set of rows holds, by what trainers and labellers see of them: prompts and texts.

Files of every kind have the same digest of the same candidates, in whatever order; ids and further columns are no part.
"""

import json
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from uncollapse.candidate_tables.pool import rows_of
from uncollapse.candidate_tables.roles import Roles, known_columns
from uncollapse.corpora.cells import digest

SYSTEM = "system"  # the column of a system text, which goes before the prompt
_ALL = 1 << 128


def contents(path: Path, roles: Roles, *some: NDArray[np.int64] | None) -> list[str]:
    """Digest of each of some sets of a table's rows, given by their places in the file; None stands for all rows.

    A candidate that is there twice counts twice.
    """
    wanted = [None if rows is None else np.bincount(rows).astype(bool) for rows in some]
    sums, counts = [0] * len(some), [0] * len(some)
    columns = [*roles.columns, *[SYSTEM] * (SYSTEM in known_columns(path))]
    for number, _, row in rows_of(path, columns, told="tell rows apart"):
        mine = [place for place, rows in enumerate(wanted) if rows is None or (number < len(rows) and rows[number])]
        if mine:
            values = (_message_list(row.get(roles.prompt or "")), row.get(SYSTEM), row.get(roles.text or ""))
            found = int.from_bytes(digest(*values), "little")
        for place in mine:
            sums[place], counts[place] = (sums[place] + found) % _ALL, counts[place] + 1
    return [f"{count}-{total:032x}" for count, total in zip(counts, sums, strict=True)]


def _message_list(prompt: Any) -> Any:
    """A prompt as it was before a file of texts took it: messages that are JSON there are a list."""
    if isinstance(prompt, str) and prompt.startswith("["):
        try:
            held = json.loads(prompt)
        except (ValueError, RecursionError):
            return prompt
        if isinstance(held, list) and held and all(isinstance(one, dict) and "content" in one for one in held):
            return held
    return prompt
