"""Two labellers of the same rows: how far they agree, and how often each must be wrong for it.

Labellers who each err in a share e of rows, independently of one another and of what is right, disagree in a share
d = 2 e (1 - e) of them, so that e = (1 - sqrt(1 - 2 d)) / 2. The variance of d over m rows makes that of e as small as
if e had been measured on 2 m (1 - 2 d) / (1 - d) rows of which the truth is known (delta method). Errors that both
make alike, where a question misleads everyone, cannot be seen in this way.

Labels do not tell whether both err alike on right and on wrong rows, and it matters: labellers who let wrong answers
pass make a precision of a half look like more, those who err both ways do not. But where errors are independent given
the truth, the first calls no more of the wrong rows right than of those that the second calls wrong (Hui and Walter
1980 have the model; some of the latter are right, of which more is called right). With that share of false positives,
and no right row called wrong, a kept precision that passes does so whatever the errors are.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from uncollapse.errors import DataError
from uncollapse.proxy.noisy_labels import LabelErrors, Measured
from uncollapse.statistics.counted import counted
from uncollapse.statistics.estimate import Estimate
from uncollapse.statistics.intervals import share_interval

FEWEST = 20  # rows with two labels, below which their errors are not told
_RESAMPLES = 2000


@dataclass(frozen=True)
class Labellers:
    """Agreement of two labellers.

    rows : with a label of both
    agreement : share of these on which they agree
    kappa : Cohen's, agreement beyond chance as a share of what is possible
    error : share of rows that each gets wrong, if both err alike and independently
    disagreed : keys of rows on which they differ
    second_wrong, both_wrong : rows that the second calls wrong, and those of them that the first calls wrong too
    """

    rows: int
    agreement: Estimate
    kappa: Estimate
    error: float
    disagreed: tuple[str, ...]
    second_wrong: int
    both_wrong: int

    def errors(self) -> LabelErrors | None:
        """Errors of either's labels, as a decision allows for them; None where they never disagree.

        Raises
        ------
        DataError
            Where they disagree so often that labels may tell nothing.
        """
        apart = 1 - self.agreement.value
        if not apart:
            return None
        trials = max(1, round(2 * self.rows * (1 - 2 * apart) / (1 - apart))) if apart < 0.5 else 1
        measured = Measured(round((1 - self.error) * trials), trials)
        return LabelErrors(measured, measured)

    def worst_errors(self) -> LabelErrors:
        """Errors of the first's labels that are the worst for a GO: none but wrong rows called right.

        Raises
        ------
        DataError
            Where the second calls too few rows wrong to tell.
        """
        if not self.second_wrong:
            raise DataError("the second labeller calls no row wrong")
        number = self.second_wrong
        return LabelErrors(Measured(number, number), Measured(self.both_wrong, number))


def compared(first: NDArray[np.bool_], second: NDArray[np.bool_], keys: list[str], *, seed: int = 0) -> Labellers:
    """Agreement of two labellers' labels (M,) of the same rows.

    >>> found = compared(np.array([1, 1, 0, 0] * 25, bool), np.array([1, 1, 0, 1] * 25, bool), list("abcd") * 25)
    >>> found.agreement.value, round(found.kappa.value, 3), round(found.error, 3)
    (0.75, 0.5, 0.146)

    Raises
    ------
    DataError
        For fewer than :data:`FEWEST` rows.
    """
    number = len(first)
    if number < FEWEST:
        raise DataError(
            f"{counted(number, 'row has', 'rows have')} a label of both labellers: it takes {FEWEST} to tell how far"
            " they agree; label more rows twice, or leave --second out"
        )
    table = np.bincount(2 * first.astype(int) + second, minlength=4)
    agree = int(table[0] + table[3])
    drawn = np.random.default_rng(seed).multinomial(number, table / number, size=_RESAMPLES)
    values = _kappa(drawn)
    known = values[np.isfinite(values)]
    value = float(_kappa(table[None])[0])
    low, high = np.quantile(known, [0.025, 0.975]) if len(known) else (math.nan, math.nan)
    apart = min(1 - agree / number, 0.5)
    return Labellers(
        rows=number,
        agreement=share_interval(agree, number),
        kappa=Estimate(value, float(low), float(high)),
        error=(1 - math.sqrt(1 - 2 * apart)) / 2,
        disagreed=tuple(key for key, differ in zip(keys, first != second, strict=True) if differ),
        second_wrong=int(table[0] + table[2]),
        both_wrong=int(table[0]),
    )


def _kappa(tables: NDArray[np.int64]) -> NDArray[np.float64]:
    """Cohen's kappa (R,) of tables (R, 4) of both wrong, first wrong, second wrong, both right."""
    neither, only_second, only_first, both = (tables / tables.sum(1, keepdims=True)).T
    chance = (both + only_first) * (both + only_second) + (neither + only_first) * (neither + only_second)
    with np.errstate(invalid="ignore", divide="ignore"):
        return (both + neither - chance) / (1 - chance)
