"""Means over seeds, with intervals that know how many seeds they stand on."""

import numpy as np
from numpy.typing import ArrayLike

from uncollapse.statistics.estimate import Estimate
from uncollapse.statistics.intervals import error_of_mean, from_variances, mean_interval
from uncollapse.statistics.sampled import Sampled


def over_seeds(values: ArrayLike, *, bounds: tuple[float, float] = (-np.inf, np.inf)) -> Estimate:
    """Mean and t interval of one value a seed (K,), within what the quantity can be.

    NaN values are left out; the interval is NaN for fewer than two values, the mean for none.

    >>> found = over_seeds([1.0, 2.0, 3.0])
    >>> tuple(round(end, 3) for end in found), found.sources[0].count
    ((2.0, -0.484, 4.484), 3)
    """
    sample = np.asarray(values, dtype=float)
    sample = sample[~np.isnan(sample)]
    if len(sample) < 2:
        return mean_interval(sample)
    found = from_variances(float(sample.mean()), [error_of_mean(sample, "seeds")])
    return Sampled.of(found.within(bounds), found.sources)
