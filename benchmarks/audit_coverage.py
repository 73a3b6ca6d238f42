"""Coverage of the intervals of ``uncollapse audit``, and their width by labels alone, in strata, and with the score.

    python benchmarks/audit_coverage.py [--audits 400]

A pool of 6,000 candidates of 1,500 prompts, easy and hard (Beta), is wrong in a share p. A verifier keeps right ones
with a chance phi and wrong ones with psi; its score knows right from wrong by one standard deviation beside its
verdict; another judge, who guesses at every candidate, by two. Each audit draws a sheet as the command does, half kept
and half dropped, in strata of the score, and labels it rightly; truths are those of the pool. p, phi and psi are drawn
within a sixth of the grid's values, since the coverage of intervals of whole numbers of labels jumps from one value to
the next. Printed is the share of audits whose 95% interval holds the truth, over the grid of p, phi and psi; below it
the lowest and the highest of the grid's cells (each of as many audits, so that chance alone spreads cells of 95% by
sqrt(0.95 x 0.05 / audits)).

Widths are means over the same audits, relative to those of as many labels drawn without regard to the score.
"""

from __future__ import annotations

import argparse
import itertools

import numpy as np

from uncollapse.audits import strata
from uncollapse.audits.intervals import Verdict, rates, verdict
from uncollapse.audits.powered import powered_verdict
from uncollapse.proxy.prediction_powered import FEWEST

ERROR_RATES, PHIS, PSIS = (0.15, 0.4, 0.65, 0.85), (0.3, 0.6, 0.9), (0.05, 0.2, 0.45)
LABELS = (40, 80, 160, 400)
QUANTITIES = ("p", "phi", "psi", "kept_precision", "p_star")
WAYS = ("labels alone", "in strata", "with the score", "with a judge")


class Pool:
    """Candidates with what a draw looks at, and the truth."""

    def __init__(self, rng: np.random.Generator, p: float, phi: float, psi: float) -> None:
        easy = rng.beta(2 * (1 - p), 2 * p, size=1500)
        self.right = (rng.random((1500, 4)) < easy[:, None]).ravel()
        self.kept = rng.random(6000) < np.where(self.right, phi, psi)
        self.score = self.right + 1.5 * self.kept + rng.standard_normal(6000)
        self.judge = 2 * self.right + rng.standard_normal(6000)
        self.id = rng.integers(2**63, size=6000, dtype=np.uint64)

    def __len__(self) -> int:
        return len(self.right)

    def truth(self) -> dict[str, float]:
        """Each quantity of the pool."""
        phi, psi = self.kept[self.right].mean(), self.kept[~self.right].mean()
        precision = self.right[self.kept].mean()
        values = (1 - self.right.mean(), phi, psi, precision, phi / (phi + psi))
        return dict(zip(QUANTITIES, map(float, values), strict=True))


def audited(pool: Pool, labels: int, seed: int, *, scored: bool) -> tuple[list[Verdict], np.ndarray]:
    """Both verdicts of a sheet of so many rows, and which candidates it has."""
    shown = pool if scored else Blind(pool)
    stratum, cut = strata.strata_of(shown, labels)
    kept = int(pool.kept.sum())
    chosen = strata.drawn(shown, stratum, strata.halves(kept, len(pool) - kept, labels), seed=seed)
    sizes = np.bincount(stratum, minlength=len(cut))
    seen = np.bincount(stratum[chosen], minlength=len(cut))
    good = np.bincount(stratum[chosen], pool.right[chosen], minlength=len(cut))
    of_kept = np.array([one[0] for one in cut])
    return [verdict(sizes[some], seen[some], good[some]) for some in (of_kept, ~of_kept)], chosen


class Blind:
    """The same candidates without their scores."""

    def __init__(self, pool: Pool) -> None:
        self.kept, self.id, self.score = pool.kept, pool.id, None

    def __len__(self) -> int:
        return len(self.kept)


def powered(pool: Pool, guess: np.ndarray, chosen: np.ndarray, sides: list[Verdict]) -> list[Verdict] | None:
    """Both verdicts with a prediction; None where labels are few."""
    stratum, _ = strata.strata_of(pool, len(chosen))
    both = []
    for side, some in zip(sides, (pool.kept, ~pool.kept), strict=True):
        labelled = np.flatnonzero(np.isin(np.flatnonzero(some), chosen))
        both.append(powered_verdict(side, guess[some], stratum[some], labelled, pool.right[some][labelled]))
    return None if None in both else both


def cell(
    p: float, phi: float, psi: float, labels: int, *, audits: int, seed: int, draws: int = 1000
) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]]:
    """Whether each interval held the truth, and its width (A, 5), by way, over so many audits."""
    rng = np.random.default_rng([seed, labels])
    held = {way: np.full((audits, len(QUANTITIES)), np.nan) for way in WAYS}
    width = {way: np.full((audits, len(QUANTITIES)), np.nan) for way in WAYS}
    for number in range(audits):
        pool = Pool(rng, *(np.clip(value * rng.uniform(5 / 6, 7 / 6), 0, 0.98) for value in (p, phi, psi)))
        truth = pool.truth()
        by_way = {"labels alone": audited(pool, labels, number, scored=False)[0]}
        by_way["in strata"], chosen = audited(pool, labels, number, scored=True)
        if labels >= 2 * FEWEST:
            for way, guess in ((WAYS[2], pool.score), (WAYS[3], pool.judge)):
                by_way[way] = powered(pool, guess, chosen, by_way["in strata"])
        for way, sides in by_way.items():
            if sides is None:
                continue
            found = rates(*sides, rng=rng, draws=draws)
            held[way][number] = [found[name].low <= truth[name] <= found[name].high for name in QUANTITIES]
            width[way][number] = [found[name].high - found[name].low for name in QUANTITIES]
    return held, width


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--audits", type=int, default=400, help="of each cell (default: 400)")
    options = parser.parse_args()
    grid = list(itertools.product(ERROR_RATES, PHIS, PSIS))
    print(f"coverage in % of {options.audits} audits a cell, over {len(grid)} cells of p, phi, psi (lowest, highest)")
    print(f"{'labels':>6}  {'':14}" + "".join(f"{name:>22}" for name in QUANTITIES))
    widths = {}
    for labels in LABELS:
        held: dict[str, list[np.ndarray]] = {way: [] for way in WAYS}
        width: dict[str, list[np.ndarray]] = {way: [] for way in WAYS}
        for number, (p, phi, psi) in enumerate(grid):
            one_held, one_width = cell(p, phi, psi, labels, audits=options.audits, seed=number)
            for way in WAYS:
                held[way].append(one_held[way])
                width[way].append(one_width[way])
        for way in WAYS:
            cells = np.array([np.nanmean(one, axis=0) if np.isfinite(one).any() else [np.nan] * 5 for one in held[way]])
            if np.isnan(cells).all():
                continue  # labels are too few
            told = [
                f"{100 * np.nanmean(column):.1f} ({100 * np.nanmin(column):.1f}, {100 * np.nanmax(column):.1f})"
                for column in cells.T
            ]
            print(f"{labels:>6}  {way:14}" + "".join(f"{one:>22}" for one in told), flush=True)
        both = np.all([np.isfinite(np.concatenate(width[way]))[:, 0] for way in WAYS], axis=0)
        for way in WAYS:
            every = np.concatenate(width[way])
            widths[labels, way] = every[both].mean(0) if both.any() else every.mean(0)
    print("\nwidth, over that of as many labels drawn without regard to the score")
    for labels in LABELS:
        for way in WAYS[1:]:
            ratio = widths[labels, way] / widths[labels, WAYS[0]]
            if np.isfinite(ratio).all():
                print(f"{labels:>6}  {way:14}" + "".join(f"{one:>22.2f}" for one in ratio))


if __name__ == "__main__":
    main()
