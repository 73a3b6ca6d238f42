"""Student t intervals for a mean over seeds, and for sums of independent sources of error.

A value measured once has no interval over seeds: its bounds are NaN, never zero width.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats


@dataclass(frozen=True)
class Estimate:
    """A value and its interval, all in one unit; ``low`` and ``high`` are NaN where no interval can be given."""

    value: float
    low: float
    high: float


def from_variances(value: float, components: Sequence[tuple[float, float]], *, confidence: float = 0.95) -> Estimate:
    """Interval of ``value`` whose squared standard error is a sum of independently estimated parts.

    Parameters
    ----------
    components
        (squared standard error, degrees of freedom) of each source, for example seeds and test prompts. The degrees of
        freedom of the sum follow Welch and Satterthwaite: V^2 / sum(V_j^2 / df_j) with V = sum(V_j).

    Examples
    --------
    >>> from_variances(10.0, [(1.0, 2)])  # t quantile 4.30 at two degrees of freedom
    Estimate(value=10.0, low=5.697..., high=14.302...)
    """
    total = sum(variance for variance, _ in components)
    if total == 0:
        return Estimate(value, value, value)
    freedom = total**2 / sum(variance**2 / degrees for variance, degrees in components if variance > 0)
    half = float(stats.t.ppf(0.5 + confidence / 2, freedom)) * math.sqrt(total)
    return Estimate(value, value - half, value + half)


def pooled_variance(groups: Iterable[ArrayLike]) -> tuple[float, int]:
    """The variance within groups that share one, and its degrees of freedom; 0 of both where no group has two values.

    >>> pooled_variance([[1.0, 3.0], [5.0, 9.0], [4.0]])
    (5.0, 2)
    """
    several = [each for each in map(np.asarray, groups) if each.size > 1]
    freedom = sum(each.size - 1 for each in several)
    return sum(float(each.var(ddof=1)) * (each.size - 1) for each in several) / max(freedom, 1), freedom


def over_seeds(
    values: ArrayLike,
    *,
    family: Sequence[ArrayLike] | None = None,
    confidence: float = 0.95,
    bounds: tuple[float, float] | None = None,
) -> Estimate:
    """Mean over seeds with its Student t interval; NaN bounds where no spread is known.

    Parameters
    ----------
    values : one per seed.
    family : values of all settings that have the same spread over seeds, these among them; by default these alone.
    bounds : the values the quantity can take, for example (0, 100) percent: the interval is cut there, which keeps its
        coverage.

    Examples
    --------
    >>> over_seeds([1.0, 3.0], family=[[1.0, 3.0], [5.0, 7.0]])  # two degrees of freedom instead of one
    Estimate(value=2.0, low=-2.302..., high=6.302...)
    """
    array = np.asarray(values, dtype=float)
    if array.ndim != 1 or array.size == 0 or not np.isfinite(array).all():
        raise ValueError(f"expected one finite value per seed, found {array.tolist()}")
    mean = float(array.mean())
    variance, freedom = pooled_variance([array] if family is None else family)
    if not freedom:
        return Estimate(mean, math.nan, math.nan)
    interval = from_variances(mean, [(variance / array.size, freedom)], confidence=confidence)
    if bounds is None:
        return interval
    return Estimate(mean, max(interval.low, bounds[0]), min(interval.high, bounds[1]))
