"""Feng et al. 2024: claims on the amount of data and on the verifier's quality, from one group of students.

First Table 3 and section 1 of v1: more data, with a strict verifier, a lax one and none. Then the second version: p_*
against the accuracy of students (Figure 4), and imperfect verifiers (abstract).
"""

import math
from itertools import pairwise

import numpy as np
import pandas as pd

from uncollapse.analysis.correctness import SeedSpread
from uncollapse.analysis.eigenvalue_run import TOLERANCES, GroupedRun, still_improving
from uncollapse.analysis.formatting import number
from uncollapse.analysis.verdict import Finding, Part, conclude
from uncollapse.analysis.verifier_quality import (
    BETWEEN,
    GROUP,
    IMPARTIAL,
    Point,
    amounts,
    comparable,
    correlation,
    in_words,
    misled,
    points,
)
from uncollapse.statistics.estimate import Estimate
from uncollapse.statistics.intervals import error_of_mean, from_variances

_NEEDS_AMOUNTS = "It takes students of two amounts of data selected at 2% tolerance, and of data selected at 1%."
_NEEDS = "It takes students of at least four verifiers whose p* differ, and of unselected labels, in equal amounts."


def check(
    *,
    groups: pd.DataFrame,
    evaluations: pd.DataFrame,
    outcomes: pd.DataFrame,
    group_evaluations: pd.DataFrame,
    group_outcomes: pd.DataFrame,
    group_curves: pd.DataFrame,
    proxy: pd.DataFrame,
    kept: pd.DataFrame,
    labelling_seed: int,
) -> list[Finding]:
    """Findings on Table 3, on growing volumes of unselected data, on p_* and on imperfect verifiers."""
    run = GroupedRun(
        groups=groups, evaluations=evaluations, outcomes=outcomes, group_evaluations=group_evaluations,
        group_outcomes=group_outcomes, labelling_seed=labelling_seed,
    )  # fmt: skip
    students = Amounts(run)
    by_tolerance = {tolerance: points(run, proxy, kept, tolerance) for tolerance in (0.01, 0.02)}
    curves = group_curves[group_curves["group"] == GROUP]
    compared = comparable(by_tolerance[0.02])
    words = in_words(compared)
    imperfect = [point.dataset for point in compared if point.imperfect]
    return [
        more_data_helps(students),
        stricter_filter_helps(students),
        selection_scales_beyond_the_generator(students),
        unselected_stays_below(students),
        accuracy_follows_the_proxy(run, by_tolerance[0.01]),
        imperfect_verifiers_suffice(
            run, by_tolerance[0.02], " ".join(still_improving(curves, name, words[name]) for name in imperfect)
        ),
        proxies_lie_between(by_tolerance[0.02]),
    ]


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
        needs=_NEEDS_AMOUNTS,
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
        needs=_NEEDS_AMOUNTS,
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


def accuracy_follows_the_proxy(run: GroupedRun, found: list[Point]) -> Finding:
    """fengv2-F4-a: accuracy at 1% rises with p_*, is lowest without a verifier, and there below the generator.

    Judged on verifiers that look at a label's error alone; the others are told of, and where p_* misleads.
    """
    parts, opening, closing = [], "", ""
    every = comparable(found)
    words = _with_p_star(every)
    judged = [point for point in every if point.kind in IMPARTIAL]
    none = next((point for point in judged if not point.kind), None)
    if none is not None and len(judged) >= 4:
        spread = SeedSpread.of(point.solved for point in every)
        rank = correlation(judged)
        parts.append(Part(f"rank correlation over {len(judged)} verifiers", rank, unit="correlation"))
        for point in judged:
            if point is not none:
                gain = spread.difference(point.solved, none.solved)
                parts.append(Part(f"{words[point.dataset]} minus unselected", gain))
        collapse = spread.difference(none.solved, run.generator(0.01), fixed=True)
        parts.append(Part("unselected minus generator", collapse, -math.inf, 0.0))
        opening = (
            f"Accuracy at 1% of students of {none.rows:,} examples, against the p* of the verifier that chose them. "
            "Judged on verifiers that look at a label's error alone."
        )
        overall = correlation(every)
        closing = (
            f"Over all {len(every)} verifiers the rank correlation is {number(overall.value, 2)} "
            f"[{number(overall.low, 2)}, {number(overall.high, 2)}]. {_where_it_misleads(every)} {spread.words}"
        )
    statistic = "Spearman's rank correlation of p* with accuracy at 1%"
    return conclude("fengv2-F4-a", statistic, parts, needs=_NEEDS, opening=opening, closing=closing)


def imperfect_verifiers_suffice(run: GroupedRun, found: list[Point], still_improving: str = "") -> Finding:
    """fengv2-abs-a (eigenvalues): students of noisy verifiers with p_* above one half are as good as the generator."""
    words = _with_p_star(comparable(found))
    spread = SeedSpread.of(point.solved for point in comparable(found))
    parts = [
        Part(words[point.dataset], spread.difference(point.solved, run.generator(0.02), fixed=True))
        for point in comparable(found)
        if point.imperfect
    ]
    return conclude(
        "fengv2-abs-a",
        "student of a noisy verifier minus generator (percentage points at 2%)",
        parts,
        needs="Eigenvalues: it takes students of a noisy verifier with p* above one half.",
        opening="Eigenvalues.",
        closing=" ".join(filter(None, (still_improving, spread.words))),
    )


def proxies_lie_between(found: list[Point]) -> Finding:
    """fengv2-Th4.2-a (eigenvalues): p_* of each verifier lies between one half and one."""
    words = in_words(found)
    return conclude(
        "fengv2-Th4.2-a",
        "p* of each verifier of eigenvalues; from 0.5 to 1",
        [Part(words[point.dataset], point.p_star, *BETWEEN, unit="ratio") for point in found],
        needs="Eigenvalues: it takes students of several verifiers.",
        opening="Eigenvalues.",
    )


def _with_p_star(found: list[Point]) -> dict[str, str]:
    """Words for what each data set holds, with its p*."""
    words = in_words(found)
    return {point.dataset: f"{words[point.dataset]} (p* {number(point.p_star.value, 2)})" for point in found}


def _where_it_misleads(found: list[Point]) -> str:
    pair = misled(found)
    if pair is None:
        return "No verifier with a clearly higher p* has worse students."
    high, low = pair
    words = in_words(found)
    told = (f"{words[point.dataset]} (p* {number(point.p_star.value, 2)}, {number(point.accuracy)}%)" for point in pair)
    text = f"p* misleads most between {' and '.join(told)}"
    if high.shift > low.shift:
        text += (
            f": the first keeps easier matrices, with a sum of |eigenvalues| {number(high.shift, 2)} times the average "
            f"(the other {number(low.shift, 2)} times). p* counts right and wrong labels, not which prompts are left"
        )
    return text + "."
