"""Intervals from resampling independent units: percentiles of the draws, or their spread."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from uncollapse.errors import DataError
from uncollapse.statistics.estimate import Estimate

LEVELS = ((1 - 0.95) / 2, (1 + 0.95) / 2)  # the quantiles between which 95% lie
Z = 1.959964  # of a 95% normal interval


def resamples(units: int, *, draws: int, rng: np.random.Generator) -> NDArray[np.int64]:
    """Counts (draws, units): how often each of ``units`` units is in each of ``draws`` bootstrap samples.

    Raises
    ------
    DataError
        For fewer than two units: nothing could be said about chance.
    """
    if units < 2:
        raise DataError(f"{units} document: an interval takes at least two")
    return rng.multinomial(units, np.full(units, 1 / units), size=draws)


def percentiles(draws: ArrayLike, *, levels: Sequence[float] = LEVELS) -> NDArray[np.float64]:
    """Ends (2, ...) of the percentile interval of bootstrap draws (R, ...); NaN draws are left out.

    >>> percentiles(np.arange(201.0)).round(9).tolist()
    [5.0, 195.0]
    """
    return np.nanquantile(draws, levels, axis=0)


def around(value: float, draws: NDArray[np.float64], *, least_error: float = 0.0) -> Estimate:
    """Normal interval from the spread of bootstrap draws.

    Not their percentiles: a measure like entropy falls when documents are drawn twice, so percentiles would miss the
    very value they belong to. ``least_error`` is the least standard error to go by, where draws may all be equal.
    """
    return Estimate.symmetric(float(value), Z * max(float(np.std(draws, ddof=1)), least_error))


def bootstrap_interval(
    table: Any, statistic: Callable[[Any], float], *, rng: np.random.Generator, resamples: int = 200
) -> Estimate:
    """A statistic of a table of independent trials, and its 95% percentile interval over its rows.

    Columns are whatever the statistic, which takes such a table, needs of each trial.

    >>> import pandas as pd
    >>> frame = pd.DataFrame({"x": [1.0, 1.0, 1.0]})
    >>> bootstrap_interval(frame, lambda rows: rows["x"].mean(), rng=np.random.default_rng(0), resamples=5)
    Estimate(value=1.0, low=1.0, high=1.0)
    """
    draws = [statistic(table.iloc[rng.integers(len(table), size=len(table))]) for _ in range(resamples)]
    low, high = percentiles(draws)
    return Estimate(float(statistic(table)), float(low), float(high))


def weighted_quantiles(
    values: NDArray[np.float64], weights: NDArray[np.int64], levels: Sequence[float]
) -> NDArray[np.float64]:
    """Quantiles (R, L) of values (N,) repeated as often as each row of weights (R, N) says.

    >>> weighted_quantiles(np.array([1.0, 2.0, 9.0]), np.array([[1, 1, 1], [3, 0, 0]]), [0.5]).tolist()
    [[2.0], [1.0]]
    """
    order = np.argsort(values, kind="stable")
    reached = np.cumsum(weights[:, order], axis=1)
    positions = [np.argmax(reached >= level * reached[:, -1:] - 1e-9, axis=1) for level in np.clip(levels, 1e-12, 1)]
    return values[order][np.stack(positions, axis=1)]
