"""p_*, before any training: is this selection good enough for a model to learn from what it keeps?

A candidate is correct or wrong, kept or not. With p = P(wrong), phi = P(kept | correct), psi = P(kept | wrong), and
labels of two kinds, errors and verdicts that do not depend on the prompt, and infinitely many data, training on what is
kept leads to the right model where p is below

    p_* = 1 / (1 + psi / phi)                                             (Feng et al. 2024, Theorem 3.2)

which says the same as: more than half of what is kept is correct. No selection has p_* = 1/2, an oracle p_* = 1.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from uncollapse.errors import DataError
from uncollapse.statistics.booleans import booleans
from uncollapse.statistics.bootstrap import percentiles
from uncollapse.statistics.estimate import Estimate

Row = tuple[str, float | None, float | None, float | None]


@dataclass(frozen=True)
class Tally:
    """Prompts that have the same counts of candidates, for resampling whole prompts without holding them.

    ``patterns`` (K, 4): wrong, correct, kept wrong, kept correct candidates of a prompt; ``prompts`` (K,): how many.
    """

    patterns: NDArray[np.int64]
    prompts: NDArray[np.int64]

    @staticmethod
    def of(correct: NDArray[np.bool_], kept: NDArray[np.bool_]) -> "Tally":
        """Tally of ``correct`` and ``kept`` (N, W), N prompts with W candidates.

        Raises
        ------
        DataError
            For other than booleans, of which 0 and 1 would be counted wrongly, and for other than two dimensions.
        """
        correct, kept = booleans("correct", correct, dimensions=2), booleans("kept", kept, dimensions=2)
        if correct.shape != kept.shape:
            raise DataError(f"correct has shape {correct.shape} and kept {kept.shape}, expected the same")
        counts = [(~correct).sum(1), correct.sum(1), (kept & ~correct).sum(1), (kept & correct).sum(1)]
        patterns, prompts = np.unique(np.stack(counts, 1), axis=0, return_counts=True)
        return Tally(patterns.astype(np.int64), prompts.astype(np.int64))

    def __add__(self, other: "Tally") -> "Tally":
        patterns, place = np.unique(np.concatenate([self.patterns, other.patterns]), axis=0, return_inverse=True)
        prompts = np.bincount(place.ravel(), np.concatenate([self.prompts, other.prompts])).astype(np.int64)
        return Tally(patterns, prompts)


def breakdown_point(phi: NDArray[np.float64] | float, psi: NDArray[np.float64] | float) -> NDArray[np.float64]:
    """p_* = 1 / (1 + psi / phi), written as phi / (phi + psi) so that phi = 0 gives 0; NaN where both are 0.

    >>> breakdown_point(1.0, np.array([1.0, 0.5, 0.0])).round(3).tolist()
    [0.5, 0.667, 1.0]
    """
    phi, psi = np.asarray(phi, dtype=np.float64), np.asarray(psi, dtype=np.float64)
    with np.errstate(invalid="ignore", divide="ignore"):
        return phi / (phi + psi)


def estimate(tally: Tally, *, resamples: int, rng: np.random.Generator) -> dict[str, Estimate]:
    """p, phi, psi, kept precision, p_* and the ratio psi/phi, with percentile bootstrap intervals over prompts.

    Candidates of one prompt succeed and fail together, so prompts are resampled, not candidates. NaN is what is
    undefined, psi without any wrong candidate, say.
    """
    observed = quantities(tally.prompts[None] @ tally.patterns)
    share = tally.prompts / tally.prompts.sum()
    drawn = rng.multinomial(int(tally.prompts.sum()), share, size=resamples)
    resampled = quantities(drawn @ tally.patterns)
    found = {}
    for name, values in resampled.items():
        value = float(observed[name][0])
        # an interval needs the quantity to be defined in (nearly) all resamples
        known = values[np.isfinite(values)]
        defined = np.isfinite(value) and len(known) >= 0.99 * resamples
        found[name] = Estimate(value, *map(float, percentiles(known))) if defined else Estimate(value)
    return found


def rows(counts: Mapping[str, float], found: Mapping[str, Estimate]) -> list[Row]:
    """Rows (quantity, value, low, high) of a table: counts, which have no interval, then estimates; None for NaN.

    >>> rows({"kept": 3}, {"p": Estimate(0.5)})
    [('kept', 3.0, None, None), ('p', 0.5, None, None)]
    """
    every = {name: Estimate(float(count)) for name, count in counts.items()} | dict(found)
    known = {name: [None if np.isnan(number) else number for number in one] for name, one in every.items()}
    return [(name, value, low, high) for name, (value, low, high) in known.items()]


def quantities(counts: NDArray) -> dict[str, NDArray[np.float64]]:
    """Each quantity (R,) from counts (R, 4) of wrong, correct, kept wrong and kept correct candidates."""
    wrong, correct, kept_wrong, kept_correct = counts.T.astype(np.float64)
    with np.errstate(invalid="ignore", divide="ignore"):
        phi, psi = kept_correct / correct, kept_wrong / wrong
        return {
            "p": wrong / (wrong + correct),
            "phi": phi,
            "psi": psi,
            "psi/phi": psi / phi,
            "kept_precision": kept_correct / (kept_wrong + kept_correct),
            "p_star": breakdown_point(phi, psi),
        }
