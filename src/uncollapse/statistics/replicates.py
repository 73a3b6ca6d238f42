"""Groups of replicates, each of a few: the one rule for their spread that tables, figures and claims go by.

Two or three seeds say almost nothing about their own spread; all groups together say enough about a spread that they
share. So the variance is pooled over groups unless Bartlett's test (1937) tells their spreads apart; then each group
keeps its own, and a sum over groups has the degrees of freedom of Welch (1947) and Satterthwaite (1946). Values are on
the scale on which they are compared: perplexities as logarithms, so that a spread is a relative one.
"""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy import stats

from uncollapse.statistics.counted import counted, degrees_of_freedom
from uncollapse.statistics.estimate import Estimate
from uncollapse.statistics.intervals import from_variances, pooled_variance
from uncollapse.statistics.sampled import Source

UNEQUAL = 0.05  # spreads are told apart below this p of Bartlett's test
SEEDS = "seeds"


def unequal_spreads(samples: Iterable[ArrayLike]) -> float:
    """Bartlett's p that all samples of two values or more have one spread; NaN where fewer than two vary.

    >>> round(unequal_spreads([[0.0, 1.0, 2.0], [0.0, 10.0, 20.0], [5.0]]), 2)
    0.02
    """
    several = [each for each in map(np.asarray, samples) if each.size > 1 and each.std() > 0]
    return float(stats.bartlett(*several).pvalue) if len(several) > 1 else float("nan")


@dataclass(frozen=True)
class Replicates:
    """Values (K,) of independent replicates by group.

    A group that is there twice under two names counts once towards the spread.

    Examples
    --------
    Deviations of 1 and 2 from the means: a pooled variance of (2 + 8) / 2 with two degrees of freedom.

    >>> groups = Replicates({"a": [1.0, 3.0], "b": [5.0, 9.0], "c": [4.0]})
    >>> groups.contrast({"b": 1, "a": -1})
    Sampled(value=5.0, low=-4.6..., high=14.6...)
    """

    groups: Mapping[Hashable, Sequence[float] | NDArray[np.float64]]

    def __post_init__(self) -> None:
        for name, values in self.groups.items():
            if not len(values) or not np.isfinite(values).all():
                raise ValueError(f"{name}: expected one finite value per seed, found {list(values)}")

    @staticmethod
    def of(frame: pd.DataFrame, by: str | list[str], value: str) -> "Replicates":
        """Groups from one row per replicate, in sorted order of ``by``."""
        return Replicates({name: rows.to_numpy(dtype=float) for name, rows in frame.groupby(by, sort=True)[value]})

    @cached_property
    def means(self) -> dict[Hashable, float]:
        """Mean of each group."""
        return {name: float(np.mean(values)) for name, values in self.groups.items()}

    @cached_property
    def unequal(self) -> float:
        """Bartlett's p that all groups have one spread; NaN where that cannot be told."""
        return unequal_spreads(self._different)

    @cached_property
    def shared(self) -> tuple[float, int]:
        """The variance of one value that all groups share; no degrees of freedom where spreads differ."""
        return (0.0, 0) if self.unequal < UNEQUAL else pooled_variance(self._different)

    @property
    def _different(self) -> list[tuple[float, ...]]:
        return list(dict.fromkeys(tuple(values) for values in self.groups.values()))

    def components(self, weights: Mapping[Hashable, float]) -> list[Source]:
        """The independent parts of a weighted sum of group means' squared standard error; empty where one is unknown.

        A single value has the spread that all groups share, if they do.
        """
        sizes = {group: len(self.groups[group]) for group in weights}
        variance, freedom = self.shared
        if freedom:
            squares = sum(weight**2 / sizes[group] for group, weight in weights.items())
            return [Source(variance * squares, freedom, SEEDS, min(sizes.values(), default=0), len(sizes))]
        if any(size < 2 for size in sizes.values()):
            return []
        return [
            Source(
                weight**2 * float(np.var(self.groups[group], ddof=1)) / sizes[group],
                sizes[group] - 1,
                SEEDS,
                sizes[group],
                1,
            )
            for group, weight in weights.items()
        ]

    def contrast(self, weights: Mapping[Hashable, float]) -> Estimate:
        """The weighted sum of group means, such as ``{100: 1, 0: -1}``; no interval where a spread is unknown."""
        value = sum(weight * self.means[group] for group, weight in weights.items())
        return self.around(value, weights)

    def around(self, value: float, weights: Mapping[Hashable, float]) -> Estimate:
        """A value, with the interval of the weighted sum of group means."""
        found = self.components(weights)
        return from_variances(value, found) if found else Estimate(value)

    def mean(self, group: Hashable) -> Estimate:
        """The mean of one group; a single value has no interval, whatever others spread."""
        return self.contrast({group: 1.0}) if len(self.groups[group]) > 1 else Estimate(self.means[group])

    @property
    def words(self) -> str:
        """A sentence on the source of intervals, for an explanation; empty where nothing is replicated."""
        several = sum(len(values) > 1 for values in self.groups.values())
        freedom = self.shared[1]
        if not several:
            return ""
        if not freedom:
            return (
                f"Spreads over seeds differ (Bartlett's p {self.unequal:.2g}), so that each setting keeps its own "
                "(Welch's intervals)."
            )
        if several < len(self.groups):
            some = counted(
                several,
                f"setting of {len(self.groups)} that has several",
                f"settings of {len(self.groups)} that have several",
            )
            return (
                f"The spread over seeds is that of the {some} ({degrees_of_freedom(freedom)}), taken to be the same in "
                "all."
            )
        return f"The spread over seeds is pooled over all settings ({degrees_of_freedom(freedom)})."


def with_intervals(frame: pd.DataFrame, by: str | list[str], value: str, *, logarithmic: bool = False) -> pd.DataFrame:
    """Mean of ``value`` in every group with its 95% interval: the columns of ``by``, mean, low and high.

    All of the frame is one family, with one spread unless spreads differ. ``logarithmic``: compared as logarithms, the
    mean is the geometric one. Rows of ``frame`` are independent replicates.

    >>> with_intervals(pd.DataFrame({"n": [1, 1, 1], "x": [1.0, 2.0, 3.0]}), "n", "x").round(3).values.tolist()
    [[1.0, 2.0, -0.484, 4.484]]
    """
    keys = [by] if isinstance(by, str) else by
    groups = Replicates.of(frame.assign(**{value: np.log(frame[value])}) if logarithmic else frame, keys, value)
    found = pd.DataFrame([tuple(groups.mean(name)) for name in groups.groups], columns=["mean", "low", "high"])
    settings = pd.DataFrame(list(groups.groups), columns=keys)
    return pd.concat([settings, np.exp(found) if logarithmic else found], axis=1)
