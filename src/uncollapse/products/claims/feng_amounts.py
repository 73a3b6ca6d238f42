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
from uncollapse.statistics.estimate import Estimate
from uncollapse.statistics.intervals import picked

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
        self.most = max((size for sizes in self.sets.values() for size in sizes), default=0)
        self.across = {tolerance: self._design(tolerance) for tolerance in TOLERANCES}
        self.designs = {tolerance: self._of_most(design) for tolerance, design in self.across.items()}

    def sizes(self, filtered: float | None) -> list[int]:
        """Amounts that a filter was run with, smaller first."""
        return list(self.sets.get(filtered, {}))

    def _design(self, tolerance: float) -> Design:
        """All cells of the table, and the generators that wrote the labels; each difference has a spread of its own.

        Students of few examples end near the floor, whoever labelled, and those of many follow their labeller.
        """
        names = [name for sizes in self.sets.values() for name in sizes.values()]
        cells = {name: self.run.solved(GROUP, name, tolerance) for name in names}
        return Design({THEMSELVES: self.run.generator(tolerance), **cells}, together=False)

    def _of_most(self, design: Design) -> Design:
        """The cells of the largest amount alone, which may share a spread, and the generators.

        All cells where one generator labels, since it is students' seeds that are replicated then.
        """
        if len(design.blocks) < 2:
            return design
        names = [THEMSELVES, *(sizes[self.most] for sizes in self.sets.values() if self.most in sizes)]
        return Design({name: design.cells[name] for name in names})

    def difference(self, tolerance: float, first: str, second: str) -> Estimate:
        """A cell, or the generators, minus another."""
        same = self.designs[tolerance]
        return (same if {first, second} <= same.cells.keys() else self.across[tolerance]).difference(first, second)

    def gain(self, label: str, tolerance: float, first: tuple[float, int], second: tuple[float, int]) -> Part:
        """Students of one filter and amount minus those of another."""
        more, less = (self.sets[filtered][size] for filtered, size in (first, second))
        return Part(f"{label} at {100 * tolerance:g}%", self.difference(tolerance, more, less))

    @property
    def words(self) -> str:
        """Sentences on what intervals stand on, within the largest amount and across amounts."""
        same, across = self.designs[0.02].words, self.across[0.02].words
        return same if same == across else f"{same} Across amounts: {across[0].lower()}{across[1:]}"


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
        closing=students.across[0.02].words,
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
    parts, opening, told = [], "", students.words
    design, across = students.designs[0.02], students.across[0.02]
    if reading == 1:
        design, across = design.first, across.first
    filters = [key for key in students.sets if key is not None]
    if filters and len(students.sizes(None)) > 1:
        ends = {(key, size): name for key, sizes in students.sets.items() for size, name in sizes.items()}
        best = max((key for key in ends if key[0] is not None), key=lambda key: across.accuracy(ends[key]))
        opening = (
            f"The best students are those of {best[1]:,} labels within {best[0]:g}%: "
            f"{number(across.accuracy(ends[best]))}% at 2%."
        )
        far = 0.0 if reading else PAPER_LEAD / 2
        lead = (design if ends[best] in design.cells else across).difference(ends[best], THEMSELVES)
        tried = sum(key[0] is not None for key in ends)  # of which the best were picked by what came out
        parts.append(Part("best students minus generator", picked(lead, among=tried) if tried > 1 else lead, far))
        parts += [Part(gain.label, gain.gap) for gain in others if gain.group]
        if others:
            ranges = (range_in_words(others, name) for name in dict.fromkeys(gain.dataset for gain in others))
            opening += f" At this length of the students' training: {'; '.join(ranges)}."
        for key in filters:
            sizes = sorted(set(students.sizes(key)) & set(students.sizes(None)))
            if len(sizes) > 1:
                less, more = sizes[0], sizes[-1]
                corners = ((key, more), (key, less), (None, more), (None, less))
                gain = across.contrast({ends[at]: sign for at, sign in zip(corners, (1, -1, -1, 1), strict=True)})
                parts.append(Part(f"gain within {key:g}% minus gain unselected, {less:,} to {more:,}", gain))
    return conclude(
        "feng-T3-c",
        "best student of selected data minus generator, and its gain from more data minus that of unselected data "
        "(percentage points at 2%)",
        parts,
        needs="It takes students of two amounts of selected and of unselected data.",
        opening=opening,
        closing=" ".join(filter(None, ("" if reading else _FAR, design.words if reading == 1 else told))),
        reading=reading,
    )


def unselected_stays_below(students: Amounts) -> Finding:
    """feng-S1-a (eigenvalues): students of unselected labels stay below the generator at every amount."""
    parts = []
    for size in students.sizes(None):
        for tolerance in TOLERANCES:
            gap = students.difference(tolerance, students.sets[None][size], THEMSELVES)
            parts.append(Part(f"{size:,} unselected labels at {100 * tolerance:g}%", gap, -math.inf, 0.0))
    return conclude(
        "feng-S1-a",
        "student of unselected labels minus the generator, trained on original data (percentage points)",
        parts,
        needs="Eigenvalues: it takes students of unselected labels in several amounts.",
        opening="Eigenvalues.",
        closing=students.words,
    )
