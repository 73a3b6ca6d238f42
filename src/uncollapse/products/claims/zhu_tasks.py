"""Zhu et al. 2024, Tables 10 and 11: downstream scores fall with the machine-written share, a little."""

from itertools import pairwise

import pandas as pd

from uncollapse.analysis.mixture_scores import plain, plain_of_second
from uncollapse.analysis.task_scores import ITEMS, accuracies, average_over_tasks
from uncollapse.analysis.verdict import Finding, Part, conclude
from uncollapse.statistics.intervals import picked
from uncollapse.statistics.replicates import Replicates

SLIGHT = 2.0  # points; the paper's total fall is 1.0 under OLMo, 1.4 under GPT-2


def check(*, task_scores: pd.DataFrame, trained_models: pd.DataFrame) -> list[Finding]:
    """Findings on the mixtures of the first and of the second architecture."""
    first, second = (
        Replicates.of(average_over_tasks(accuracies(task_scores, models)), "machine_share_percent", "value")
        for models in (plain(trained_models), plain_of_second(trained_models))
    )
    return [falls_unevenly(first), falls_slightly(second)]


def falls_unevenly(groups: Replicates) -> Finding:
    """zhu-T10-a: the average is lower at pure synthetic text, and rises in at least one step before."""
    parts: list[Part] = []
    if len(shares := list(groups.means)) > 2:
        whole = groups.contrast({shares[0]: 1, shares[-1]: -1})
        parts.append(Part(f"fall from {shares[0]:g} to {shares[-1]:g}%", whole))
        rises = {f"{a:g} to {b:g}%": groups.contrast({b: 1, a: -1}) for a, b in pairwise(shares)}
        largest = max(rises, key=lambda name: rises[name].value)
        parts.append(Part(f"largest rise, {largest}", picked(rises[largest], among=len(rises))))
    return conclude(
        "zhu-T10-a",
        "fall of the average accuracy to pure synthetic text, and its largest rise from share to share (points)",
        parts,
        needs="It takes downstream tasks at three shares.",
        opening=ITEMS,
        closing=f"The largest of {len(shares) - 1} steps is picked, so its interval holds for all of them at once "
        "(Bonferroni).",
    )


def falls_slightly(groups: Replicates) -> Finding:
    """zhu-T11-a: the average falls from share to share, by little in all."""
    parts: list[Part] = []
    if len(shares := list(groups.means)) > 1:
        parts = [Part(f"fall from {a:g} to {b:g}%", groups.contrast({a: 1, b: -1})) for a, b in pairwise(shares)]
        whole = groups.contrast({shares[0]: 1, shares[-1]: -1})
        parts.append(Part("fall in all, at most 2", whole, float("-inf"), SLIGHT))
    return conclude(
        "zhu-T11-a",
        "fall of the average accuracy from share to share, another architecture (points)",
        parts,
        needs="It takes downstream tasks at two shares of a second architecture.",
        opening=ITEMS,
    )
