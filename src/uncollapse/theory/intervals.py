"""Intervals for means, shares, and statistics of tables of independent trials."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy.stats import beta
from scipy.stats import t as student_t


def mean_interval(values: ArrayLike, *, confidence: float = 0.95) -> tuple[float, float, float]:
    """Mean and t interval of independent values.

    Parameters
    ----------
    values : (K,)
        NaN values are left out.
    confidence : float

    Returns
    -------
    mean, low, high
        low and high are NaN for fewer than two values.

    Examples
    --------
    >>> tuple(round(x, 3) for x in mean_interval([1.0, 2.0, 3.0]))
    (2.0, -0.484, 4.484)
    """
    sample = np.asarray(values, dtype=float)
    sample = sample[~np.isnan(sample)]
    if len(sample) < 2:
        return (float(sample.mean()) if len(sample) else np.nan), np.nan, np.nan
    half = student_t.ppf((1 + confidence) / 2, len(sample) - 1) * sample.std(ddof=1) / np.sqrt(len(sample))
    return float(sample.mean()), float(sample.mean() - half), float(sample.mean() + half)


def share_interval(successes: int, trials: int, *, confidence: float = 0.95) -> tuple[float, float, float]:
    """Share of successes with its exact (Clopper-Pearson) interval.

    Examples
    --------
    >>> tuple(round(x, 3) for x in share_interval(100, 100))
    (1.0, 0.964, 1.0)
    """
    tail = (1 - confidence) / 2
    low = beta.ppf(tail, successes, trials - successes + 1) if successes else 0.0
    high = beta.ppf(1 - tail, successes + 1, trials - successes) if successes < trials else 1.0
    return successes / trials, float(low), float(high)


def bootstrap_interval(
    table: pd.DataFrame,
    statistic: Callable[[pd.DataFrame], float],
    *,
    rng: np.random.Generator,
    resamples: int = 200,
    confidence: float = 0.95,
) -> tuple[float, float, float]:
    """A statistic of a table with one row per trial, and its percentile bootstrap interval over the rows.

    Parameters
    ----------
    table : DataFrame
        Rows are independent trials, columns whatever the statistic needs of each.
    statistic : callable
    rng : numpy Generator
    resamples : int
    confidence : float

    Examples
    --------
    >>> frame = pd.DataFrame({"x": [1.0, 1.0, 1.0]})
    >>> bootstrap_interval(frame, lambda rows: rows["x"].mean(), rng=np.random.default_rng(0), resamples=5)
    (1.0, 1.0, 1.0)
    """
    draws = [statistic(table.iloc[rng.integers(len(table), size=len(table))]) for _ in range(resamples)]
    low, high = np.nanquantile(draws, [(1 - confidence) / 2, (1 + confidence) / 2])
    return float(statistic(table)), float(low), float(high)
