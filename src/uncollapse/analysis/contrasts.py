"""Differences between groups of models with few seeds each, with one spread over seeds estimated from all of them."""

import math
from collections.abc import Hashable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from uncollapse.statistics.estimate import Estimate
from uncollapse.statistics.intervals import from_variances


@dataclass(frozen=True)
class Groups:
    """A quantity measured on every model: its mean and number of seeds by group, and the variance over seeds.

    The variance is taken to be the same in all groups, and has ``freedom`` degrees of freedom.
    """

    means: dict[Hashable, float]
    seeds: dict[Hashable, int]
    variance: float
    freedom: int

    @staticmethod
    def of(frame: pd.DataFrame, by: str, value: str) -> "Groups":
        """Groups from one row per model."""
        groups = frame.groupby(by, sort=True)[value]
        counts, means = groups.count(), groups.mean()
        freedom = int((counts - 1).sum())
        squares = float(((frame[value] - groups.transform("mean")) ** 2).sum())
        return Groups(means.to_dict(), counts.to_dict(), squares / freedom if freedom else math.nan, freedom)

    def contrast(self, weights: Mapping[Hashable, float]) -> Estimate:
        """The weighted sum of group means, such as ``{100: 1, 0: -1}``; no interval where no group has two seeds."""
        value = sum(weight * self.means[group] for group, weight in weights.items())
        if not self.freedom:
            return Estimate(value)
        squares = sum(weight**2 / self.seeds[group] for group, weight in weights.items())
        return from_variances(value, [(self.variance * squares, self.freedom)])


def percent(change: Estimate) -> Estimate:
    """A difference of logarithms as a relative change in percent.

    >>> percent(Estimate(math.log(2), 0.0, math.log(4)))
    Estimate(value=100.0, low=0.0, high=300.0)
    """
    return Estimate(*(round(100 * float(np.expm1(part)), 9) for part in change))


def relative(groups: Groups, first: Hashable, second: Hashable) -> Estimate:
    """The excess of the first of two groups of logarithms over the second, in percent of the second."""
    return percent(groups.contrast({first: 1, second: -1}))
