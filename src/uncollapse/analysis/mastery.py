"""Claims on models that go on by themselves, which suppose that they have learned what they begin with.

Models that are often wrong within their initial data start from other labels than those a claim speaks of: what they
come to is no answer to it. So a claim is read twice, on all courses, and on those alone whose initial models surely
master the largest difficulty of their data.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

import pandas as pd

from uncollapse.analysis.rounds import at_difficulty
from uncollapse.analysis.rounds_in_words import named
from uncollapse.analysis.seeds import over_seeds
from uncollapse.analysis.verdict import NOT_RUN, Finding, Part, conclude, phrase

NEAR_PERFECT = 95.0  # percent
SAME_QUESTIONS = (
    "Intervals are over seeds, whose models are asked the same questions: what others would change is not in them."
)

Compared = tuple[Sequence[str], list[Part]]
"""Courses, and the parts of a claim that stand on all of them."""


def mastery(accuracies: pd.DataFrame, courses: pd.DataFrame) -> dict[str, Part]:
    """Premise of each course: initial models pass 95% at the largest difficulty of their data, over seeds."""
    first = accuracies[accuracies["round"] == 0]
    found = {}
    for about in courses.itertuples():
        tested = at_difficulty(first[first["run"] == about.course], int(about.start))["accuracy"]
        estimate = over_seeds(tested, bounds=(0, 100))
        label = f"{named(courses, about.course)} at {about.start}, before self-improvement"
        found[about.course] = Part(label, estimate, NEAR_PERFECT, unit="percent")
    return found


def read_twice(
    claim: str, statistic: str, compared: Sequence[Compared], premises: Mapping[str, Part], *, needs: str
) -> list[Finding]:
    """A claim's first reading, on all courses, and its second, on those whose initial models surely master their data.

    The second names the others. Without any course that does, its premise is not met, and the least mastered is told.
    """
    every = [part for _, parts in compared for part in parts]
    first = conclude(claim, statistic, every, needs=needs, reading=1)
    return [first, on_mastered(claim, statistic, compared, premises, needs=needs)]


def on_mastered(
    claim: str,
    statistic: str,
    compared: Sequence[Compared],
    premises: Mapping[str, Part],
    *,
    needs: str,
    reading: int = 0,
) -> Finding:
    """A claim on the courses whose initial models surely master their data; the others are named."""
    every = [part for _, parts in compared for part in parts]
    met, lacking = [], {}
    for courses, parts in compared:
        short = [premises[course] for course in courses if premises[course].verdict != "reproduced"]
        lacking |= {part.label: part for part in short}
        met += [] if short else parts
    least = min(lacking.values(), key=lambda part: part.estimate.value, default=None)
    told = ""
    if met and lacking:
        named_ones = "; ".join(phrase(part) for part in lacking.values())
        told = f"Left out, since initial models do not surely pass {NEAR_PERFECT:g}% within their data: {named_ones}."
    premise = least if every and not met else None
    return conclude(claim, statistic, met or every, needs=needs, closing=told, premise=premise, reading=reading)


def over_seeds_alone(findings: Iterable[Finding]) -> list[Finding]:
    """Findings on models that are all asked the same questions, which each that was run says."""
    return [
        found if found.verdict == NOT_RUN else replace(found, explanation=f"{found.explanation} {SAME_QUESTIONS}")
        for found in findings
    ]
