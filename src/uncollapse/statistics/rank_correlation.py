"""Spearman's rank correlation over verifiers, with an interval that resamples verifiers and seeds."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import stats

from uncollapse.statistics.bootstrap import percentiles
from uncollapse.statistics.estimate import Estimate


def spearman(x: ArrayLike, y: ArrayLike) -> NDArray[np.float64]:
    """Spearman's correlation along the last axis, ties at their mean rank; NaN where x or y does not vary.

    >>> spearman([0.5, 0.6, 1.0], [[14, 18, 50], [14, 50, 18]]).tolist()
    [1.0, 0.5]
    """
    first, second = (stats.rankdata(values, axis=-1) for values in np.broadcast_arrays(x, y))
    first -= first.mean(-1, keepdims=True)
    second -= second.mean(-1, keepdims=True)
    with np.errstate(invalid="ignore", divide="ignore"):
        return (first * second).sum(-1) / np.sqrt((first**2).sum(-1) * (second**2).sum(-1))


def over_verifiers_and_seeds(
    x: ArrayLike, by_seed: Sequence[ArrayLike], *, rng: np.random.Generator, resamples: int = 4000
) -> Estimate:
    """Correlation of ``x`` (V,) with the mean over seeds of ``by_seed``, V sequences of one value per seed.

    The 95% interval is the bootstrap's: verifiers are drawn with replacement, and of each drawn one its seeds. There is
    none (NaN) for fewer than four verifiers, of which resamples would be too often all alike.
    """
    x = np.asarray(x, dtype=np.float64)
    values = [np.asarray(seeds, dtype=np.float64) for seeds in by_seed]
    found = float(spearman(x, [seeds.mean() for seeds in values]))
    if len(x) < 4:
        return Estimate(found)
    means = np.stack([seeds[rng.integers(len(seeds), size=(resamples, len(seeds)))].mean(1) for seeds in values], 1)
    drawn = rng.integers(len(x), size=(resamples, len(x)))
    correlations = spearman(x[drawn], np.take_along_axis(means, drawn, 1))
    low, high = percentiles(correlations, levels=(0.025, 0.975))
    return Estimate(found, float(low), float(high))
