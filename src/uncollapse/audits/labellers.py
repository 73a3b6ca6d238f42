"""Two labellers of the same rows: how far they agree, and how often each must be wrong for it.

Labellers who each err in a share e of rows, independently of one another and of what is right, disagree in a share
d = 2 e (1 - e) of them, so that e = (1 - sqrt(1 - 2 d)) / 2. The variance of d over m rows makes that of e as small as
if e had been measured on 2 m (1 - 2 d) / (1 - d) rows of which the truth is known (delta method). Errors that both
make alike, where a question misleads everyone, cannot be seen in this way.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from uncollapse.errors import DataError
from uncollapse.proxy.noisy_labels import LabelErrors, Measured
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
    """

    rows: int
    agreement: Estimate
    kappa: Estimate
    error: float
    disagreed: tuple[str, ...]

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
            f"{number} rows have a label of both labellers: it takes {FEWEST} to tell how far they agree; label more"
            " rows twice, or leave --second out"
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
    )


def _kappa(tables: NDArray[np.int64]) -> NDArray[np.float64]:
    """Cohen's kappa (R,) of tables (R, 4) of both wrong, first wrong, second wrong, both right."""
    neither, only_second, only_first, both = (tables / tables.sum(1, keepdims=True)).T
    chance = (both + only_first) * (both + only_second) + (neither + only_first) * (neither + only_second)
    with np.errstate(invalid="ignore", divide="ignore"):
        return (both + neither - chance) / (1 - chance)
