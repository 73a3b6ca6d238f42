"""Feng et al. 2024: claims on the amount of data and on the verifier's quality, from one group of students."""

import pandas as pd

from uncollapse.analysis.eigenvalue_run import still_improving
from uncollapse.analysis.generator_quality import gains
from uncollapse.analysis.grouped_run import GroupedRun
from uncollapse.analysis.verdict import Finding
from uncollapse.analysis.verifier_quality import GROUP, TOLERANCE, design, in_words, points
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
    datasets: pd.DataFrame,
    labellers: pd.DataFrame,
) -> list[Finding]:
    """Findings on Table 3, on growing volumes of unselected data, on p_* and on imperfect verifiers."""
    run = GroupedRun(
        groups=groups, evaluations=evaluations, outcomes=outcomes, group_evaluations=group_evaluations,
        group_outcomes=group_outcomes, labellers=labellers,
    )  # fmt: skip
    students = feng_amounts.Amounts(run)
    every = gains(
        datasets=datasets,
        evaluations=evaluations,
        outcomes=outcomes,
        group_outcomes=group_outcomes,
        labellers=labellers,
    )
    filtered = datasets[(datasets["select"] == "correct") & (datasets["verifier_kind"] == "tolerance")]
    others = [gain for gain in every if gain.dataset in set(filtered["dataset"])]
    found = points(run, datasets, proxy, TOLERANCE)
    compared = design(run, found, TOLERANCE)
    curves = group_curves[group_curves["group"] == GROUP]
    words = in_words(found)
    imperfect = [point.dataset for point in found if point.imperfect]
    return [
        feng_amounts.more_data_helps(students),
        feng_amounts.stricter_filter_helps(students),
        feng_amounts.stricter_filter_helps_much(students),
        feng_amounts.selection_scales_beyond_the_generator(students, [], reading=1),
        feng_amounts.selection_scales_beyond_the_generator(students, others, reading=2),
        feng_amounts.selection_scales_beyond_the_generator(students, others),
        feng_amounts.unselected_stays_below(students),
        feng_verifier_proxy.accuracy_follows_the_proxy(compared, found),
        feng_verifier_proxy.accuracy_follows_impartial_verifiers(compared, found),
        *feng_verifier_proxy.imperfect_verifiers_suffice(
            compared, found, " ".join(still_improving(curves, name, words[name]) for name in imperfect)
        ),
        feng_verifier_proxy.proxies_lie_between(found),
    ]
