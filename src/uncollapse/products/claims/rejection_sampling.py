"""Questions to rejection sampling: whether p* orders students, and whether GO means gain and NO-GO loss."""

import math

import pandas as pd

from uncollapse.analysis.formatting import number
from uncollapse.analysis.rejection_sampling import GO, NO_GO, Point, SelectionRun
from uncollapse.analysis.verdict import Finding, Part, conclude

LEAST = 4  # selections whose order can tell anything
_NEEDS = "It takes students of at least four selections whose p* differ, over several seeds."


def check(
    *,
    passed: pd.DataFrame,
    selection_audits: pd.DataFrame,
    selection_decisions: pd.DataFrame,
    answer_selections: pd.DataFrame,
) -> list[Finding]:
    """Findings on the order, on selections with GO, and on those with NO-GO."""
    run = SelectionRun(passed, selection_audits, selection_decisions, answer_selections)
    return [order(run), go_means_gain(run), no_go_means_loss(run)]


def order(run: SelectionRun) -> Finding:
    """outside-selected-a: students' pass rates rise with p*."""
    parts, closing = [], ""
    if len(run.ranked) >= LEAST and len({round(point.p_star.value, 9) for point in run.ranked}) > 1:
        ranks = run.ranks()
        label = f"rank correlation over {len(run.ranked)} selections"
        parts.append(Part(label, ranks.correlation("p_star"), unit="correlation"))
        told = [
            f"{words} {number(ranks.correlation(name).value, 2)} (permutation p {ranks.p_value(name):.2g})"
            for name, words in (("p_star", "p*"), ("kept_precision", "kept precision"))
        ]
        closing = f"Rank correlation with pass rates: {'; '.join(told)}. {_levels(run)} {run.words}"
    statistic = "Spearman's rank correlation of p* with the pass rate of students of what was kept"
    return conclude("outside-selected-a", statistic, parts, needs=_NEEDS, closing=closing)


def go_means_gain(run: SelectionRun) -> Finding:
    """outside-selected-b: where the audit says GO, students pass more often than the base model and than the twin's."""
    parts = []
    for point in run.points:
        if point.decision in GO:
            words = _in_words(point)
            parts += [Part(f"{words} minus twin", point.over_twin), Part(f"{words} minus base model", point.over_base)]
    return conclude(
        "outside-selected-b",
        "pass rate of students of selections with GO, less that of the twin's students and of the base model",
        parts,
        needs="It takes a selection of which the audit says GO.",
        closing=run.words,
    )


def no_go_means_loss(run: SelectionRun) -> Finding:
    """outside-selected-c: where the audit says NO-GO, students pass less often than the base model."""
    parts = [
        Part(f"{_in_words(point)} minus base model", point.over_base, -math.inf, 0.0)
        for point in run.points
        if point.decision == NO_GO
    ]
    return conclude(
        "outside-selected-c",
        "pass rate of students of selections with NO-GO, less that of the base model",
        parts,
        needs="It takes a selection of which the audit says NO-GO.",
        closing=run.words,
    )


def _in_words(point: Point) -> str:
    name = point.selection.replace("_", " ")
    precision = number(100 * point.known["kept_precision"].value)
    return f"{name} (p* {number(point.p_star.value, 2)}, {precision}% of what is kept right)"


def _levels(run: SelectionRun) -> str:
    told = [f"base model {number(float(run.base.mean()))}"]
    told += [f"{point.selection.replace('_', ' ')} {number(point.pass_rate)}" for point in run.points]
    return f"Pass rates in percent: {', '.join(told)}."
