"""Kept precision slice by slice, with intervals that hold for all slices at once."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from uncollapse.proxy.decision import BREAKDOWN
from uncollapse.proxy.exact import ERROR, kept_precision
from uncollapse.proxy.noisy_labels import LabelErrors, corrected
from uncollapse.proxy.tally import Candidates, tally
from uncollapse.statistics.estimate import Estimate

LEAST_SHARE = 0.05  # of the kept candidates: a smaller slice is shown, and not warned of
MOST = 50
ORIGINS = ("generator", "model", "source", "dataset", "task", "language", "split")
"""Names of columns that say where a candidate comes from: slices unasked, since a mixture hides what one part is."""
CUTS = 4  # of a numeric column with more values than slices are shown


@dataclass(frozen=True)
class Slice:
    """Kept candidates with one value of a column.

    share : of all kept candidates
    labelled : how many of them have a label
    precision : with an interval that misses the truth in any slice of the column in at most 5% of cases
    """

    column: str
    value: str
    share: float
    labelled: float
    precision: Estimate

    @property
    def surely_below_a_half(self) -> bool:
        """Whether it is large enough to matter, and most of it is surely wrong."""
        return self.share >= LEAST_SHARE and self.precision.high < BREAKDOWN


def slices(
    candidates: Candidates,
    groups: NDArray[np.int64],
    values: Sequence[Any],
    *,
    column: str,
    errors: LabelErrors | None = None,
) -> list[Slice]:
    """Slices of a selection, the largest first.

    Intervals are exact, each at a level divided by the number of slices (Bonferroni), so that they hold together. A
    slice may cut through prompts: one more of them could have as many candidates in it as the fullest of the table.

    Parameters
    ----------
    groups : (N,) number of each candidate's slice
    values : what each number means
    column : where the slices come from
    """
    kept = candidates.kept if candidates.weight is None else candidates.weight * candidates.kept
    sizes = np.bincount(groups, kept, minlength=len(values))
    found = []
    among = np.flatnonzero(sizes > 0)
    fullest = _fullest(candidates)
    for group in among:
        counts = tally(_renumbered(candidates.of(groups == group)))
        precision = kept_precision(replace(counts, most=max(counts.most, fullest * counts.heaviest)))
        share = corrected(precision, errors)
        interval = share.interval(ERROR / len(among))
        found.append(Slice(column, str(values[group]), float(sizes[group] / sizes.sum()), share.candidates, interval))
    return sorted(found, key=lambda one: -one.share)


def _renumbered(candidates: Candidates) -> Candidates:
    """The same candidates, with prompts that most numbers are not of numbered anew: to count takes as long as the
    largest number is large.
    """
    prompts = candidates.prompts
    if prompts is None or not len(prompts) or int(prompts.max()) < 16 * len(prompts):
        return candidates
    return replace(candidates, prompts=np.unique(prompts, return_inverse=True)[1].astype(np.int64))


def _fullest(candidates: Candidates) -> int:
    """The most candidates with a label that a prompt has."""
    if candidates.prompts is None:
        return 1
    some = candidates.prompts if candidates.labelled is None else candidates.prompts[candidates.labelled]
    return int(np.bincount(some).max(initial=0))


def cut_numbers(numbers: NDArray[np.float64], cells: NDArray[np.int64]) -> list[str]:
    """Words for cells (N,) of numbers, from the least to the largest of each.

    >>> cut_numbers(np.array([1.0, 2.5, 7.0]), np.array([0, 0, 1]))
    ['1 to 2.5', '7']
    """
    words = []
    for cell in range(int(cells.max()) + 1):
        inside = numbers[cells == cell]
        if not len(inside):
            words.append("none")
        elif inside.min() == inside.max():
            words.append(f"{inside.min():g}")
        else:
            words.append(f"{inside.min():g} to {inside.max():g}")
    return words
