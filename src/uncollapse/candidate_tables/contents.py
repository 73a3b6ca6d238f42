"""Digests of which candidates a set of rows holds, by what trainers and labellers see of them: prompts and texts.

Files of every kind have the same digest of the same candidates, in whatever order; ids and further columns are no part.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from uncollapse.candidate_tables.pool import rows_of
from uncollapse.candidate_tables.roles import Roles, known_columns
from uncollapse.corpora.cells import digest

SYSTEM = "system"  # the column of a system text, which goes before the prompt
_ALL = 1 << 128


class Contents:
    """Digest of some of a file's rows, those at the places given (None: all), in whatever order they are added.

    A candidate that is there twice counts twice.
    """

    def __init__(self, rows: NDArray[np.int64] | None) -> None:
        self._wanted = None if rows is None else np.bincount(rows).astype(bool)
        self._rows = self._sum = 0

    def holds(self, number: int) -> bool:
        """Whether the row at this place is one of them."""
        return self._wanted is None or bool(number < len(self._wanted) and self._wanted[number])

    def add(self, found: int) -> None:
        """Add a row by its :func:`content`."""
        self._rows, self._sum = self._rows + 1, (self._sum + found) % _ALL

    def __str__(self) -> str:
        """The digest."""
        return f"{self._rows}-{self._sum:032x}"


def content(row: Mapping[str, Any], roles: Roles, *besides: str) -> int:
    """Number that tells a row's prompt, system text and candidate, and what else is given, from others."""
    values = (_message_list(row.get(roles.prompt or "")), row.get(SYSTEM), row.get(roles.text or ""))
    return int.from_bytes(digest(*values, *besides), "little")


def content_columns(path: Path, roles: Roles) -> list[str]:
    """Columns of a file that :func:`content` looks at, with all that have a role."""
    return [*roles.columns, *[SYSTEM] * (SYSTEM in known_columns(path))]


def contents(path: Path, roles: Roles, *some: NDArray[np.int64] | None) -> list[str]:
    """Digest of each of some sets of a table's rows, given by their places in the file; None stands for all rows."""
    found = [Contents(rows) for rows in some]
    for number, _, row in rows_of(path, content_columns(path, roles), told="tell rows apart"):
        mine = [one for one in found if one.holds(number)]
        told = content(row, roles) if mine else 0
        for one in mine:
            one.add(told)
    return [str(one) for one in found]


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
