"""Differences between cells of a grid with few seeds each: one spread over seeds, estimated from all cells together.

Two seeds say almost nothing about their own spread (one degree of freedom, a t quantile of 12.7); twelve cells of two
seeds say enough about the spread they share (12 degrees of freedom, 2.2). The price is the assumption that it is the
same in all cells.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from uncollapse.statistics.estimate import Estimate
from uncollapse.statistics.intervals import error_of_mean, from_variances, pooled_variance


@dataclass(frozen=True)
class SeedSpread:
    """The variance of a model's accuracy over seeds and its degrees of freedom; 0 of them where no cell has two.

    ``repeated`` of ``cells`` have two seeds or more.
    """

    variance: float
    freedom: int
    repeated: int = 0
    cells: int = 0

    @staticmethod
    def of(cells: Iterable[np.ndarray]) -> "SeedSpread":
        """The spread from cells (S, N): correctness (0 or 100) of S seeds on N prompts."""
        means = [cell.mean(1) for cell in cells]
        return SeedSpread(*pooled_variance(means), sum(len(seeds) > 1 for seeds in means), len(means))

    def difference(self, first: np.ndarray, second: np.ndarray, *, fixed: bool = False) -> Estimate:
        """Mean of ``first`` (S1, N) minus mean of ``second`` (S2, N), in percentage points, over the same prompts.

        ``fixed``: the second is one given model, whose own spread over seeds plays no part. Where no cell had two seeds
        the interval covers the sampling of prompts alone.
        """
        gap = first.mean(0) - second.mean(0)
        parts = [error_of_mean(gap)]
        if self.freedom:
            parts.append((self.variance * (1 / len(first) + (0 if fixed else 1 / len(second))), self.freedom))
        return from_variances(float(gap.mean()), parts)

    @property
    def words(self) -> str:
        """A sentence on the source of intervals, for an explanation."""
        if not self.freedom:
            return "One seed per setting: intervals cover the sampling of test prompts alone."
        if self.repeated < self.cells:
            return (
                f"The spread over seeds is that of the {self.repeated} settings of {self.cells} that have several "
                f"({self.freedom} degrees of freedom), taken to be the same in all."
            )
        return f"The spread over seeds is pooled over all settings ({self.freedom} degrees of freedom)."
