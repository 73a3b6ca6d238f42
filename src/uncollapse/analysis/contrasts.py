"""Differences between groups of models of logarithms, in percent and in the quantity's own unit."""

import math
from collections.abc import Hashable, Mapping

import numpy as np

from uncollapse.statistics.estimate import Estimate
from uncollapse.statistics.replicates import Replicates
from uncollapse.statistics.sampled import Sampled


def percent(change: Estimate) -> Estimate:
    """A difference of logarithms as a relative change in percent.

    >>> percent(Estimate(math.log(2), 0.0, math.log(4)))
    Sampled(value=100.0, low=0.0, high=300.0)
    """
    found = Estimate(*(round(100 * float(np.expm1(part)), 9) for part in change))
    return Sampled.of(found, change.sources if isinstance(change, Sampled) else ())


def relative(groups: Replicates, first: Hashable, second: Hashable) -> Estimate:
    """The excess of the first of two groups of logarithms over the second, in percent of the second."""
    return percent(groups.contrast({first: 1, second: -1}))


def absolute(groups: Replicates, weights: Mapping[Hashable, float]) -> Estimate:
    """A weighted sum of groups' geometric means, from groups of logarithms, by the delta method.

    The standard error of exp(m) is exp(m) times that of m: a group of larger values spreads more, in its unit.

    >>> absolute(Replicates({0: [math.log(2)], 1: [math.log(8)]}), {1: 1, 0: -1}).value.__round__(9)
    6.0
    """
    slopes = {group: weight * math.exp(groups.means[group]) for group, weight in weights.items()}
    return groups.around(sum(slopes.values()), slopes)
