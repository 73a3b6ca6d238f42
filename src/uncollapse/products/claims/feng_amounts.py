"""Feng et al. 2024 (v1), Table 3 and section 1: more data, with a strict verifier, a lax one and none."""

import math
from itertools import pairwise

import numpy as np

from uncollapse.analysis.eigenvalue_run import TOLERANCES
from uncollapse.analysis.formatting import number
from uncollapse.analysis.grouped_run import GroupedRun
from uncollapse.analysis.pooled_seeds import SeedSpread
from uncollapse.analysis.verdict import Finding, Part, conclude
from uncollapse.analysis.verifier_quality import GROUP, amounts
from uncollapse.statistics.estimate import Estimate
from uncollapse.statistics.intervals import error_of_mean, from_variances

_NEEDS = "It takes students of two amounts of data selected at 2% tolerance, and of data selected at 1%."


class Amounts:
    """Students of Table 3 by tolerance of the filter (percent; NaN keeps all) and number of training examples."""

    def __init__(self, run: GroupedRun) -> None:
        self.run = run
        self.sets: dict[float | None, dict[int, str]] = {}
        for name, tolerance, size in amounts(run.groups).itertuples(index=False):
            self.sets.setdefault(None if math.isnan(tolerance) else tolerance, {})[size] = name
        self.sets = {key: dict(sorted(found.items())) for key, found in self.sets.items()}

    def sizes(self, filtered: float | None) -> list[int]:
        """Amounts that a filter was run with, smaller first."""
        return list(self.sets.get(filtered, {}))

    def solved(self, filtered: float | None, size: int, tolerance: float) -> np.ndarray:
        """(S, N) correctness of the students."""
        return self.run.solved(GROUP, self.sets[filtered][size], tolerance)

    def spread(self, tolerance: float) -> SeedSpread:
        """The spread over seeds, pooled over all cells of the table."""
        cells = [(key, size) for key in self.sets for size in self.sizes(key)]
        return SeedSpread.of(self.solved(key, size, tolerance) for key, size in cells)

    def gain(self, label: str, tolerance: float, first: tuple[float, int], second: tuple[float, int]) -> Part:
        """Students of one filter and amount minus those of another."""
        cells = (self.solved(*cell, tolerance) for cell in (first, second))
        return Part(f"{label} at {100 * tolerance:g}%", self.spread(tolerance).difference(*cells))


def more_data_helps(students: Amounts) -> Finding:
    """feng-T3-a: with the 2% filter, students of more data are better, at every tolerance of Table 1."""
    parts = [
        students.gain(f"{less:,} to {more:,} examples", tolerance, (2.0, more), (2.0, less))
        for tolerance in TOLERANCES
        for less, more in pairwise(students.sizes(2.0))
    ]
    return conclude(
        "feng-T3-a",
        "gain of students of the 2% filter from more data (percentage points)",
        parts,
        needs=_NEEDS,
        opening="All students take the same number of training steps.",
        closing=students.spread(0.02).words,
    )


def stricter_filter_helps(students: Amounts) -> Finding:
    """feng-T3-b: at the largest amount that both have, the 1% filter gives better students than the 2% one."""
    shared = sorted(set(students.sizes(2.0)) & set(students.sizes(1.0)))[-1:]
    parts = [
        students.gain(f"{size:,} examples", tolerance, (1.0, size), (2.0, size))
        for size in shared
        for tolerance in TOLERANCES
    ]
    return conclude(
        "feng-T3-b",
        "students of the 1% filter minus students of the 2% filter (percentage points)",
        parts,
        needs=_NEEDS,
        opening="Judged is whether they are better; how much better, the numbers say.",
        closing=students.spread(0.02).words,
    )


def selection_scales_beyond_the_generator(students: Amounts) -> Finding:
    """feng-T3-c: the best student of selected data passes the generator, which more data help more than others."""
    parts, opening = [], ""
    filters = [key for key in students.sets if key is not None]
    spread = students.spread(0.02)
    if filters and len(students.sizes(None)) > 1:
        ends = {(key, size): students.solved(key, size, 0.02) for key in students.sets for size in students.sizes(key)}
        best = max((key for key in ends if key[0] is not None), key=lambda key: ends[key].mean())
        opening = (
            f"The best student is that of {best[1]:,} labels within {best[0]:g}%: {number(ends[best].mean())}% at 2%."
        )
        above = spread.difference(ends[best], students.run.generator(0.02), fixed=True)
        parts.append(Part("best student minus generator", above))
        for key in filters:
            sizes = sorted(set(students.sizes(key)) & set(students.sizes(None)))
            if len(sizes) > 1:
                less, more = sizes[0], sizes[-1]
                corners = [ends[at] for at in ((key, more), (key, less), (None, more), (None, less))]
                parts.append(
                    Part(
                        f"gain within {key:g}% minus gain unselected, {less:,} to {more:,}",
                        _interaction(corners, spread),
                    )
                )
    return conclude(
        "feng-T3-c",
        "best student of selected data minus generator, and its gain from more data minus that of unselected data "
        "(percentage points at 2%)",
        parts,
        needs="It takes students of two amounts of selected and of unselected data.",
        opening=opening,
        closing=spread.words,
    )


def unselected_stays_below(students: Amounts) -> Finding:
    """feng-S1-a (eigenvalues): students of unselected labels stay below the generator at every amount."""
    parts = []
    for size in students.sizes(None):
        for tolerance in TOLERANCES:
            gap = students.spread(tolerance).difference(
                students.solved(None, size, tolerance), students.run.generator(tolerance), fixed=True
            )
            parts.append(Part(f"{size:,} unselected labels at {100 * tolerance:g}%", gap, -math.inf, 0.0))
    return conclude(
        "feng-S1-a",
        "student of unselected labels minus the generator, trained on original data (percentage points)",
        parts,
        needs="Eigenvalues: it takes students of unselected labels in several amounts.",
        opening="Eigenvalues.",
        closing=students.spread(0.02).words,
    )


def _interaction(corners: list[np.ndarray], spread: SeedSpread) -> Estimate:
    """(first - second) - (third - fourth), cells (S, N) over the same prompts."""
    means = [cell.mean(0) for cell in corners]
    gap = (means[0] - means[1]) - (means[2] - means[3])
    parts = [error_of_mean(gap)]
    if spread.freedom:
        parts.append((spread.variance * sum(1 / len(cell) for cell in corners), spread.freedom))
    return from_variances(float(gap.mean()), parts)
