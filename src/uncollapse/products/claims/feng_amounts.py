"""Feng et al. 2024 (v1), Table 3 and section 1: more data, with a strict verifier, a lax one and none."""

import math
from dataclasses import replace
from itertools import pairwise

from uncollapse.analysis.eigenvalue_run import TOLERANCES
from uncollapse.analysis.formatting import number
from uncollapse.analysis.generator_quality import Gain, range_in_words
from uncollapse.analysis.grouped_run import GroupedRun
from uncollapse.analysis.labellers import THEMSELVES, Design
from uncollapse.analysis.verdict import Finding, Part, conclude
from uncollapse.analysis.verifier_quality import GROUP, amounts

# Table 3, within 1% over within 2% at twelve million examples, by tolerance: 95.1 - 80.1, 50.1 - 26.3, 8.6 - 3.4
PAPER_GAINS = {0.02: 15.0, 0.01: 23.8, 0.005: 5.2}
PAPER_LEAD = 28.2  # Table 3's best student minus the generator at 2%: 95.1 - 66.9
_FAR = f"Far beyond the generator is judged as half of the paper's own lead of {PAPER_LEAD:g} points."
_NEEDS = "It takes students of two amounts of data selected at 2% tolerance, and of data selected at 1%."


class Amounts:
    """Students of Table 3 by tolerance of the filter (percent; NaN keeps all) and number of training examples."""

    def __init__(self, run: GroupedRun) -> None:
        self.run = run
        self.sets: dict[float | None, dict[int, str]] = {}
        for name, tolerance, size in amounts(run.groups).itertuples(index=False):
            self.sets.setdefault(None if math.isnan(tolerance) else tolerance, {})[size] = name
        self.sets = {key: dict(sorted(found.items())) for key, found in self.sets.items()}
        self.designs = {tolerance: self._design(tolerance) for tolerance in TOLERANCES}

    def sizes(self, filtered: float | None) -> list[int]:
        """Amounts that a filter was run with, smaller first."""
        return list(self.sets.get(filtered, {}))

    def _design(self, tolerance: float) -> Design:
        """All cells of the table, and the generators that wrote the labels."""
        names = [name for sizes in self.sets.values() for name in sizes.values()]
        cells = {name: self.run.solved(GROUP, name, tolerance) for name in names}
        return Design({THEMSELVES: self.run.generator(tolerance), **cells})

    def gain(self, label: str, tolerance: float, first: tuple[float, int], second: tuple[float, int]) -> Part:
        """Students of one filter and amount minus those of another."""
        more, less = (self.sets[filtered][size] for filtered, size in (first, second))
        return Part(f"{label} at {100 * tolerance:g}%", self.designs[tolerance].difference(more, less))


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
        closing=students.designs[0.02].words,
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
        opening="Judged is whether they are better, not how much.",
        closing=students.designs[0.02].words,
        reading=1,
    )


def stricter_filter_helps_much(students: Amounts) -> Finding:
    """feng-T3-b: the 1% filter gives much better students: by at least half of what the paper's numbers show."""
    shared = sorted(set(students.sizes(2.0)) & set(students.sizes(1.0)))[-1:]
    parts = [
        replace(students.gain(f"{size:,} examples", tolerance, (1.0, size), (2.0, size)), low_limit=gain / 2)
        for size in shared
        for tolerance, gain in PAPER_GAINS.items()
    ]
    return conclude(
        "feng-T3-b",
        "students of the 1% filter minus students of the 2% filter (percentage points), at least half of the paper's",
        parts,
        needs=_NEEDS,
        opening="Much better is judged as half of the paper's own gains: 15.0, 23.8 and 5.2 points at 2, 1 and 0.5%.",
        closing=students.designs[0.02].words,
    )


def selection_scales_beyond_the_generator(students: Amounts, others: list[Gain], *, reading: int = 0) -> Finding:
    """feng-T3-c: the best student of selected data passes the generator by far, which more data help more than others.

    Far is at least half of what the paper's numbers show. ``others`` are gains of filtered labels on generators of
    every quality: see :mod:`uncollapse.analysis.generator_quality`. The first generator alone, taken as given, was its
    first ``reading``; that the generator is passed, not how far, its second.
    """
    parts, opening = [], ""
    design = students.designs[0.02].first if reading == 1 else students.designs[0.02]
    filters = [key for key in students.sets if key is not None]
    if filters and len(students.sizes(None)) > 1:
        ends = {(key, size): name for key, sizes in students.sets.items() for size, name in sizes.items()}
        best = max((key for key in ends if key[0] is not None), key=lambda key: design.accuracy(ends[key]))
        opening = (
            f"The best students are those of {best[1]:,} labels within {best[0]:g}%: "
            f"{number(design.accuracy(ends[best]))}% at 2%."
        )
        far = 0.0 if reading else PAPER_LEAD / 2
        parts.append(Part("best students minus generator", design.difference(ends[best], THEMSELVES), far))
        parts += [Part(gain.label, gain.gap) for gain in others if gain.group]
        if others:
            ranges = (range_in_words(others, name) for name in dict.fromkeys(gain.dataset for gain in others))
            opening += f" At this length of the students' training: {'; '.join(ranges)}."
        for key in filters:
            sizes = sorted(set(students.sizes(key)) & set(students.sizes(None)))
            if len(sizes) > 1:
                less, more = sizes[0], sizes[-1]
                corners = ((key, more), (key, less), (None, more), (None, less))
                gain = design.contrast({ends[at]: sign for at, sign in zip(corners, (1, -1, -1, 1), strict=True)})
                parts.append(Part(f"gain within {key:g}% minus gain unselected, {less:,} to {more:,}", gain))
    return conclude(
        "feng-T3-c",
        "best student of selected data minus generator, and its gain from more data minus that of unselected data "
        "(percentage points at 2%)",
        parts,
        needs="It takes students of two amounts of selected and of unselected data.",
        opening=opening,
        closing=" ".join(filter(None, ("" if reading else _FAR, design.words))),
        reading=reading,
    )


def unselected_stays_below(students: Amounts) -> Finding:
    """feng-S1-a (eigenvalues): students of unselected labels stay below the generator at every amount."""
    parts = []
    for size in students.sizes(None):
        for tolerance in TOLERANCES:
            gap = students.designs[tolerance].difference(students.sets[None][size], THEMSELVES)
            parts.append(Part(f"{size:,} unselected labels at {100 * tolerance:g}%", gap, -math.inf, 0.0))
    return conclude(
        "feng-S1-a",
        "student of unselected labels minus the generator, trained on original data (percentage points)",
        parts,
        needs="Eigenvalues: it takes students of unselected labels in several amounts.",
        opening="Eigenvalues.",
        closing=students.designs[0.02].words,
    )
