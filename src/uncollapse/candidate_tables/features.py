"""Further columns of candidates, by which an audit is looked at: numbers cut at quantiles, anything else by value."""

import math
from array import array
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from uncollapse.candidate_tables.values import number_of
from uncollapse.corpora.cells import id_text
from uncollapse.errors import DataError
from uncollapse.proxy.coverage import quantile_cells
from uncollapse.proxy.slices import MOST, cut_numbers


@dataclass(frozen=True)
class Feature:
    """A column: numbers (N,), or (N,) the number of each value with the values; the other is None."""

    numbers: NDArray[np.float64] | None
    groups: NDArray[np.int64] | None = None
    values: tuple[str, ...] = ()

    def cells(self, cuts: int) -> tuple[NDArray[np.int64], list[str]]:
        """(N,) cell of each candidate and what each cell is; numbers of more values than ``cuts`` go by quantile.

        >>> Feature(np.array([3.0, 1.0, 2.0, 9.0])).cells(2)
        (array([1, 0, 0, 1]), ['1 to 2', '3 to 9'])
        """
        if self.numbers is None:
            assert self.groups is not None
            return self.groups, list(self.values)
        known = np.isfinite(self.numbers)
        cells = np.zeros(len(known), dtype=np.int64)
        words: list[str] = []
        if known.any():
            different, place = np.unique(self.numbers[known], return_inverse=True)
            cells[known] = place if len(different) <= cuts else quantile_cells(self.numbers[known], cuts)
            cells[known] = np.unique(cells[known], return_inverse=True)[1]
            words = cut_numbers(self.numbers[known], cells[known])
        if not known.all():
            cells[~known] = len(words)
            words.append("none")
        return cells, words


class FeatureReader:
    """Reader of one column, value by value; values that are no numbers may be of some dozens of kinds.

    One that was not asked for is given up where it has more: ``given_up``.
    """

    def __init__(self, path: Path, name: str, *, asked_for: bool = True) -> None:
        self.path, self.name = path, name
        self.asked_for, self.given_up = asked_for, False
        self.numbers, self.codes = array("d"), array("q")
        self.values: dict[str, int] = {}
        self.numeric = True

    def add(self, place: str, row: dict[str, Any]) -> None:
        """Read the column's value of a row.

        Raises
        ------
        DataError
            For more kinds of values than slices can be.
        """
        if self.given_up:
            return
        value = row.get(self.name)
        if self.numeric:
            try:
                self.numbers.append(number_of(None if isinstance(value, bool) else value))
                self.numeric = not isinstance(value, bool)
            except ValueError:
                self.numeric = False
        if self.numeric and len(self.values) > MOST:
            return  # as numbers only: texts would be too many
        self.codes.append(self.values.setdefault(id_text(value) or "none", len(self.values)))
        if self.numeric or len(self.values) <= MOST:
            return
        if self.asked_for:
            raise DataError(
                f"{self.path}: column {self.name!r} has more than {MOST} different values (up to {place}), and not"
                " all are numbers: name a coarser one"
            )
        self.given_up = True

    def feature(self) -> Feature:
        """The column that was read."""
        if self.numeric and not all(map(math.isnan, self.numbers)):
            return Feature(np.asarray(self.numbers))
        return Feature(None, np.asarray(self.codes, dtype=np.int64), tuple(self.values))
