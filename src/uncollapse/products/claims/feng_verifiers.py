"""Feng et al. 2024: claims on the amount of data and on the verifier's quality, from one group of students."""

import pandas as pd

from uncollapse.analysis.eigenvalue_run import still_improving
from uncollapse.analysis.grouped_run import GroupedRun
from uncollapse.analysis.verdict import Finding
from uncollapse.analysis.verifier_quality import GROUP, comparable, in_words, points
from uncollapse.products.claims import feng_amounts, feng_verifier_proxy


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
    students = feng_amounts.Amounts(run)
    by_tolerance = {tolerance: points(run, proxy, kept, tolerance) for tolerance in (0.01, 0.02)}
    curves = group_curves[group_curves["group"] == GROUP]
    compared = comparable(by_tolerance[0.02])
    words = in_words(compared)
    imperfect = [point.dataset for point in compared if point.imperfect]
    return [
        feng_amounts.more_data_helps(students),
        feng_amounts.stricter_filter_helps(students),
        feng_amounts.selection_scales_beyond_the_generator(students),
        feng_amounts.unselected_stays_below(students),
        feng_verifier_proxy.accuracy_follows_the_proxy(run, by_tolerance[0.01]),
        feng_verifier_proxy.imperfect_verifiers_suffice(
            run, by_tolerance[0.02], " ".join(still_improving(curves, name, words[name]) for name in imperfect)
        ),
        feng_verifier_proxy.proxies_lie_between(by_tolerance[0.02]),
    ]
