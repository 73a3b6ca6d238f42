"""Student t intervals for means and for sums of independent sources of error, and exact intervals for shares.

A value measured once has no interval over seeds: its bounds are NaN, never zero width.
"""

import math
from collections.abc import Iterable, Sequence
from itertools import chain

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats

from uncollapse.statistics.estimate import Estimate
from uncollapse.statistics.sampled import Sampled, Source


def from_variances(value: float, components: Sequence[Source | tuple[float, float]], *, among: int = 1) -> Sampled:
    """95% interval of ``value`` whose squared standard error is a sum of independently estimated parts.

    ``components`` are the sources, for example seeds and test prompts: squared standard error, degrees of freedom, and
    maybe what they are. A value that was picked ``among`` several by what came out, such as the largest, has the
    interval that holds for all of them at once (Bonferroni).
    The degrees of freedom of the sum follow Welch and Satterthwaite: V^2 / sum(V_j^2 / df_j) with V = sum(V_j).

    >>> from_variances(10.0, [(1.0, 2)])  # t quantile 4.30 at two degrees of freedom
    Sampled(value=10.0, low=5.697..., high=14.302...)
    """
    sources = [Source(*component) for component in components]
    total = sum(source.variance for source in sources)
    if total == 0:
        return Sampled(value, value, value)
    freedom = total**2 / sum(source.variance**2 / source.freedom for source in sources if source.variance > 0)
    half = float(stats.t.ppf(1 - 0.025 / among, freedom)) * math.sqrt(total)
    return Sampled.of(Estimate.symmetric(value, half), sources)


def picked(estimate: Estimate, *others: Estimate, among: int) -> Estimate:
    """An estimate, less ``others`` if there are any, that was picked ``among`` several: see :func:`from_variances`.

    Without an interval where the sources of one of them are not all known.

    >>> one = from_variances(10.0, [Source(1.0, 2, "seeds", 3)])
    >>> picked(one, among=7)
    Sampled(value=10.0, low=-1.7..., high=21.7...)
    """
    every = (estimate, *others)
    value = estimate.value - sum(other.value for other in others)
    sources = [one.sources if isinstance(one, Sampled) else () for one in every]
    known = all(
        some and math.isclose(from_variances(one.value, some).high, one.high)
        for one, some in zip(every, sources, strict=True)
    )
    return from_variances(value, [*chain(*sources)], among=among) if known else Estimate(value)


def error_of_mean(values: ArrayLike, unit: str = "", *, models: int = 0) -> Source:
    """Squared standard error of the mean of independent values (K,), and its degrees of freedom K - 1.

    ``unit`` says what each value is one of, in the plural, and ``models`` how many models one more takes.

    >>> error_of_mean([1.0, 3.0], "seeds", models=2)
    Source(variance=1.0, freedom=1, unit='seeds', count=2, models=2)
    """
    array = np.asarray(values)
    return Source(float(array.var(ddof=1)) / array.size, array.size - 1, unit, array.size, models)


def pooled_variance(groups: Iterable[ArrayLike]) -> tuple[float, int]:
    """The variance within groups that share one, and its degrees of freedom; 0 of both where no group has two values.

    >>> pooled_variance([[1.0, 3.0], [5.0, 9.0], [4.0]])
    (5.0, 2)
    """
    several = [each for each in map(np.asarray, groups) if each.size > 1]
    freedom = sum(each.size - 1 for each in several)
    return sum(float(each.var(ddof=1)) * (each.size - 1) for each in several) / max(freedom, 1), freedom


def mean_interval(values: ArrayLike, *, confidence: float = 0.95) -> Estimate:
    """Mean and t interval of independent values (K,).

    NaN values are left out; the interval is NaN for fewer than two values, the mean for none.

    >>> tuple(round(x, 3) for x in mean_interval([1.0, 2.0, 3.0]))
    (2.0, -0.484, 4.484)
    """
    sample = np.asarray(values, dtype=float)
    sample = sample[~np.isnan(sample)]
    if len(sample) < 2:
        return Estimate(float(sample.mean()) if len(sample) else math.nan)
    half = stats.t.ppf((1 + confidence) / 2, len(sample) - 1) * sample.std(ddof=1) / np.sqrt(len(sample))
    return Estimate.symmetric(float(sample.mean()), float(half))


def share_interval(successes: int, trials: int, *, confidence: float = 0.95) -> Estimate:
    """Share of successes with its exact (Clopper-Pearson) interval.

    >>> tuple(round(x, 3) for x in share_interval(100, 100))
    (1.0, 0.964, 1.0)
    """
    tail = (1 - confidence) / 2
    low = stats.beta.ppf(tail, successes, trials - successes + 1) if successes else 0.0
    high = stats.beta.ppf(1 - tail, successes + 1, trials - successes) if successes < trials else 1.0
    return Estimate(successes / trials, float(low), float(high))
