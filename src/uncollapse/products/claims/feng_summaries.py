"""Feng et al. 2024, section 5.3: every claim on summaries, from the frames of one text experiment.

Comparisons are paired over the same test articles; the spread over seeds is pooled over all students and counts beside
the sampling of articles. They hold for the one generator that wrote the candidates.
"""

import pandas as pd

from uncollapse.analysis.summary_run import SummaryRun
from uncollapse.analysis.summary_scores import POINTS, SummaryScores, breakdown_points
from uncollapse.analysis.verdict import Finding
from uncollapse.products.claims import summary_selectors, summary_verifiers


def check(
    *,
    text_outcomes: pd.DataFrame,
    text_datasets: pd.DataFrame,
    text_proxy: pd.DataFrame,
    text_baselines: pd.DataFrame,
    further_models: pd.DataFrame,
    train_share: float,
    labelling_seed: int,
) -> list[Finding]:
    """Findings on all claims of this module."""
    scores = SummaryScores(
        outcomes=text_outcomes, datasets=text_datasets, further=further_models, labelling_seed=labelling_seed
    )
    means = text_baselines[text_baselines["metric"] == "rouge1"].groupby("baseline")["value"].mean()
    run = SummaryRun(
        scores=scores,
        stars=breakdown_points(text_proxy),
        train_share=train_share,
        baselines={str(name): POINTS * float(value) for name, value in means.items()},
    )
    return [
        summary_selectors.random_is_worse_than_original(run),
        summary_selectors.random_approaches_the_generator(run),
        summary_selectors.oracle_is_best(run),
        summary_selectors.oracle_beats_all_original_answers(run),
        summary_selectors.self_selection_beats_the_generator(run),
        summary_selectors.stronger_model_selects_like_chance(run),
        summary_selectors.unselected_stays_below_original(run),
        summary_verifiers.relation_matters_more_than_accuracy(run),
        summary_verifiers.students_follow_breakdown_points(run),
        summary_verifiers.imperfect_verifiers_suffice(run),
        summary_verifiers.proxies_lie_between(run),
    ]
