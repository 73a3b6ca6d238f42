"""Spearman's rank correlation of few selections with their students: its interval, its p, and what each rank adds."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import permutations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import stats

from uncollapse.statistics.bootstrap import percentiles
from uncollapse.statistics.estimate import Estimate

EXACT = 8  # selections whose 40,320 orders are all tried
PERMUTATIONS = 20_000
CHANCE = 0.05  # permutation p from which an order may be chance


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


@dataclass(frozen=True)
class Ranks:
    """Some quantities ``foretold`` (V,) of V selections, beside what their students are worth, ``worth`` (V,).

    ``draws`` (R, V) are worths as other replicates and test prompts would have made them, of the same selections.
    """

    foretold: Mapping[str, Sequence[float]]
    worth: Sequence[float]
    draws: NDArray[np.float64] | None = None

    def correlation(self, name: str) -> Estimate:
        """Spearman's correlation of a quantity with the worth, for these very selections.

        The 95% interval is that of the draws; it reaches zero where chance would rank so well in 5% of cases or more,
        since few selections can be in order by chance however well each is measured. None without draws.
        """
        found = float(spearman(self.foretold[name], self.worth))
        if self.draws is None or math.isnan(found):
            return Estimate(found)
        low, high = percentiles(spearman(self.foretold[name], self.draws))
        if self.p_value(name) >= CHANCE:
            low, high = min(low, 0.0), max(high, 0.0)
        return Estimate(found, float(min(low, found)), float(max(high, found)))

    def p_value(self, *names: str) -> float:
        """Permutation p that chance explains so much of the worth's ranks as one quantity's ranks do, or several.

        Exact up to :data:`EXACT` selections: over all their orders. Beyond that over :data:`PERMUTATIONS` random ones.
        """
        observed = self._explained(names, self._worth[None])[0]
        if len(self._worth) <= EXACT:
            every = self._worth[np.array(list(permutations(range(len(self._worth)))))]
            return float((self._explained(names, every) >= observed - 1e-12).mean())
        rng = np.random.default_rng(0)
        shuffled = rng.permuted(np.tile(self._worth, (PERMUTATIONS, 1)), axis=1)
        reached = (self._explained(names, shuffled) >= observed - 1e-12).sum()
        return float((reached + 1) / (PERMUTATIONS + 1))

    def explained(self, *names: str) -> float:
        """Share of the variance of the worth's ranks that a linear function of these quantities' ranks explains."""
        return float(self._explained(names, self._worth[None])[0])

    def partial(self, name: str, given: str) -> float:
        """Rank correlation of a quantity with the worth where another one is held fixed."""
        both, alone = self.explained(name, given), self.explained(given)
        sign = np.sign(self._fit((name, given))[0])
        return float(sign * math.sqrt(max(both - alone, 0.0) / (1 - alone))) if alone < 1 else math.nan

    @cached_property
    def _worth(self) -> NDArray[np.float64]:
        return stats.rankdata(self.worth)

    def _design(self, names: Sequence[str]) -> NDArray[np.float64]:
        columns = np.stack([stats.rankdata(self.foretold[name]) for name in names], 1)
        return columns - columns.mean(0)

    def _fit(self, names: Sequence[str]) -> NDArray[np.float64]:
        return np.linalg.lstsq(self._design(names), self._worth - self._worth.mean(), rcond=None)[0]

    def _explained(self, names: Sequence[str], worth: NDArray[np.float64]) -> NDArray[np.float64]:
        """(R,) explained share of worths (R, V)."""
        centred = worth - worth.mean(1, keepdims=True)
        base, _ = np.linalg.qr(self._design(names))
        total = (centred**2).sum(1)
        return ((centred @ base) ** 2).sum(1) / np.where(total > 0, total, np.nan)
