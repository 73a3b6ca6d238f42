"""Kept precision, and by how much it is above that of what is dropped: tests and intervals with a known error.

A prompt is one observation, however many candidates it has and however alike they are. With S of its kept candidates
right and F wrong, kept precision is above tau where the mean over prompts of (1 - tau) S - tau F is above zero, which
:mod:`uncollapse.statistics.bounded_mean` tests: the least that a prompt could add is that of all its candidates kept,
and wrong. Where each prompt has one kept candidate it is the exact binomial test, its interval Clopper and Pearson's.

The percentile bootstrap over prompts is not used for decisions: with few prompts its false GOs are well above 2.5%
(benchmarks/RESULTS.md, proxy_error).
"""

import math
from collections.abc import Callable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from uncollapse.proxy.tally import DROPPED_RIGHT, DROPPED_WRONG, KEPT_RIGHT, KEPT_WRONG, Counts
from uncollapse.statistics.bounded_mean import chance_not_above_zero
from uncollapse.statistics.estimate import Estimate

ERROR = 0.025  # the chance of a false GO, and of each end of a 95% interval to be wrong
_NUISANCE = 0.1  # part of the error that the precision of the whole pool takes, which a comparison has to allow for
_POOLS = 5  # values of it that are tried


class Share:
    """A share of candidates that are right, from counts by prompt.

    Parameters
    ----------
    right, wrong : (K,) of a prompt
    prompts : (K,) how many prompts have these counts
    most : the most candidates that a prompt can have
    """

    def __init__(self, right: NDArray, wrong: NDArray, prompts: NDArray, most: float) -> None:
        some = (right + wrong > 0) & (prompts > 0)
        pairs = np.stack([right[some], wrong[some]], 1)
        if len(pairs):
            pairs, place = np.unique(pairs, axis=0, return_inverse=True)
            self.prompts = np.bincount(place.ravel(), prompts[some])
        else:
            self.prompts = np.zeros(0)
        self.right, self.wrong = pairs.T.astype(np.float64)
        self.most = most
        self.candidates = float(self.prompts @ (self.right + self.wrong))
        self.value = float(self.prompts @ self.right) / self.candidates if self.candidates else float("nan")

    def chance_of_at_most(self, share: float) -> float:
        """The p-value of the share being at most this."""
        if share <= 0:
            return 0.0
        if not self.candidates or share >= 1:
            return 1.0
        return chance_not_above_zero((1 - share) * self.right - share * self.wrong, self.prompts, -share * self.most)

    def opposite(self) -> "Share":
        """The share that is wrong."""
        return Share(self.wrong, self.right, self.prompts, self.most)

    def low(self, error: float = ERROR) -> float:
        """The largest share that the true one is surely above."""
        return crossing(self.chance_of_at_most, error) if self.candidates else 0.0

    def interval(self, error: float = ERROR) -> Estimate:
        """The share with the interval whose ends are wrong with at most this chance each; 0 to 1 without candidates.

        >>> share = Share(np.array([1, 0]), np.array([0, 1]), np.array([7, 3]), most=1)
        >>> tuple(round(x, 4) for x in share.interval())  # Clopper and Pearson's
        (0.7, 0.3475, 0.9333)
        """
        return Estimate(self.value, self.low(error), 1 - self.opposite().low(error))


def kept_precision(counts: Counts, *, most_kept: float = np.inf) -> Share:
    """Share of what is kept that is right; ``most_kept`` is the most that the selection can keep of one prompt."""
    wrong, right = counts.patterns[:, KEPT_WRONG], counts.patterns[:, KEPT_RIGHT]
    return Share(right, wrong, counts.prompts, counts.most_kept(most_kept))


def dropped_precision(counts: Counts) -> Share:
    """Share of what is dropped that is right."""
    wrong, right = counts.patterns[:, DROPPED_WRONG], counts.patterns[:, DROPPED_RIGHT]
    return Share(right, wrong, counts.prompts, counts.most)


def labelled_precision(counts: Counts) -> Share:
    """Share of all candidates with a label that are right, as they were labelled."""
    wrong = counts.patterns[:, [DROPPED_WRONG, KEPT_WRONG]].sum(1)
    right = counts.patterns[:, [DROPPED_RIGHT, KEPT_RIGHT]].sum(1)
    return Share(right, wrong, counts.prompts, counts.most)


class Gap:
    """Precision of what is kept minus that of what is dropped.

    The gap is at most delta where for the pool's own precision q, which lies between the two, the kept are right in at
    most q and the dropped in at least q - delta. For a given q this is again the mean over prompts of a bounded
    quantity. q is not known: the largest p-value counts of all q within an interval that misses it in 0.25% of cases,
    and that much is added (Berger and Boos 1994).
    """

    def __init__(self, counts: Counts, *, most_kept: float = np.inf) -> None:
        self.counts, self.most_kept = counts, most_kept
        labelled = counts.labelled
        self.kept = float(labelled[KEPT_WRONG] + labelled[KEPT_RIGHT])
        self.dropped = float(labelled[DROPPED_WRONG] + labelled[DROPPED_RIGHT])
        self.known = bool(self.kept and self.dropped)
        self.value = float("nan")
        if self.known:
            self.value = float(labelled[KEPT_RIGHT] / self.kept - labelled[DROPPED_RIGHT] / self.dropped)
            pool = labelled_precision(counts).interval(_NUISANCE * ERROR / 2)
            self.pools = np.linspace(pool.low, pool.high, _POOLS)

    def chance_of_at_most(self, gap: float) -> float:
        """The p-value of the gap being at most this."""
        if not self.known:
            return 1.0
        wrong, right, kept_wrong, kept_right = self.counts.patterns.T.astype(np.float64)
        of_dropped = self.dropped / (self.kept + self.dropped)
        largest = 0.0
        for pool in self.pools:
            of_kept = min(max(pool + gap * of_dropped, 0.0), 1.0)
            rest = min(max(of_kept - gap, 0.0), 1.0)
            kept = ((1 - of_kept) * kept_right - of_kept * kept_wrong) / self.kept
            dropped = ((1 - rest) * right - rest * wrong) / self.dropped
            most, by_kept, by_dropped = self.counts.most, of_kept / self.kept, (1 - rest) / self.dropped
            most_kept = self.counts.most_kept(self.most_kept)
            limit = max(by_dropped * most, by_kept * most_kept + by_dropped * (most - most_kept))
            if limit > 0:
                largest = max(largest, chance_not_above_zero(kept - dropped, self.counts.prompts, -limit))
        return min(largest + _NUISANCE * ERROR, 1.0)

    @property
    def least_chance(self) -> float:
        """The smallest p-value there can be, as the pool's precision is not known."""
        return _NUISANCE * ERROR

    def interval(self) -> Estimate:
        """The gap with its 95% interval; -1 to 1 where nothing of one side has a label."""
        if not self.known:
            return Estimate(self.value, -1.0, 1.0)
        low = crossing(self.chance_of_at_most, ERROR, -1.0, 1.0)
        return Estimate(self.value, low, -crossing(self.opposite().chance_of_at_most, ERROR, -1.0, 1.0))

    def opposite(self) -> "Gap":
        """The gap of a truth turned round: minus this one."""
        order = [DROPPED_RIGHT, DROPPED_WRONG, KEPT_RIGHT, KEPT_WRONG]
        return Gap(replace(self.counts, patterns=self.counts.patterns[:, order]), most_kept=self.most_kept)


def crossing(chance: Callable[[float], float], error: float, low: float = 0.0, high: float = 1.0) -> float:
    """The value up to which ``chance``, which rises from low to high, stays at or below ``error``; ``low`` where never.

    False position on the logarithm of the chance, with a step that bisects where one end stays (Illinois).

    >>> round(crossing(lambda x: x**3, 0.025), 6)
    0.292402
    """

    def height(at: float) -> float:
        return math.log(max(chance(at), 1e-12) / error)

    below, above = height(low), height(high)
    if below > 0:
        return low
    if above <= 0:
        return high
    side = 0
    for _ in range(60):
        at = (low * above - high * below) / (above - below)
        at = min(max(at, low + 1e-7), high - 1e-7)
        found = height(at)
        if found > 0:
            high, above = at, found
            below, side = (below / 2 if side > 0 else below), 1
        else:
            low, below = at, found
            above, side = (above / 2 if side < 0 else above), -1
        if high - low < 1e-6 or abs(found) < 1e-6:
            break
    return low if found > 0 and high - low < 1e-6 else at
