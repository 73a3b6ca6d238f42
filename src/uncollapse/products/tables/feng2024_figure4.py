"""Figure 4 of Feng et al. 2024 (v1) in numbers: ROUGE of models by how their training summaries were selected.

The paper draws curves and prints no numbers.
"""

import pandas as pd

from uncollapse.analysis.labellers import replicates
from uncollapse.analysis.summary_scores import POINTS, selector_of
from uncollapse.analysis.table import Layout, Row, Table

_SELECTORS = {
    "random": "random",
    "all": "none: all candidates",
    "labels": "true answers",
    "generator": "the generator",
    "lead baseline": "baseline: the article's first words",
    "random baseline": "baseline: another article's true answer",
}


def _row_label(row: Row) -> tuple[str, ...]:
    share = "" if pd.isna(row["share_percent"]) else f", {row['share_percent']:g}%"
    return (f"{_SELECTORS.get(row['selection'], row['selection'].replace('_', ' '))}{share}",)


TABLE = Table(
    title="ROUGE of summaries, by how the training summaries were selected",
    source="Feng et al. 2024 v1, Figure 4 (drawn, without numbers)",
    caption=(
        "F-measures on the test articles, in points. Students are fine-tuned from the pretrained model on the share of "
        "the generator's candidates that a selector keeps. Each generator has a pool of its own, sees true answers to "
        "a part of it, labels all of it, and has students of its own: intervals are over such draws, or over seeds "
        "where there is one, with one spread for all of them. The generator and the further models are trained on true "
        "answers to the share of the pool that stands beside them. The baselines use no model: what lies near the "
        "first of them has learned to copy, what lies near the second the style alone."
    ),
    keys=("selection", "share_percent", "metric"),
    measures=("ours",),
    unit="points",
    bounds=(0.0, 100.0),
    pooled=("metric",),
    layout=Layout(
        row_heads=("trained on",),
        row_label=_row_label,
        column_label=lambda row: {"rouge1": "ROUGE-1", "rouge2": "ROUGE-2", "rougeL": "ROUGE-L"}[row["metric"]],
    ),
)


def rows(
    *,
    text_evaluations: pd.DataFrame,
    text_baselines: pd.DataFrame,
    text_datasets: pd.DataFrame,
    further_models: pd.DataFrame,
    labellers: pd.DataFrame,
    train_share: float,
) -> pd.DataFrame:
    """Every model's mean by metric: TABLE.keys, seed, value; students in the order of ``text_datasets``.

    With several labellers ``seed`` is the place of one, and ``value`` the mean over its students' seeds.
    """
    names = {row["dataset"]: (selector_of(row), 100 * row["share"]) for row in text_datasets.to_dict("records")}
    for row in further_models.to_dict("records"):
        names[row["name"]] = (row["name"], 100 * row["train_share"])
    names["train"] = ("generator", 100 * train_share)
    found = text_evaluations[text_evaluations["dataset"].isin(list(names))]
    found = replicates(found, labellers, cell=["dataset", "metric"], value="value")
    parts = [
        group.assign(selection=selection, share_percent=round(percent, 9))
        for dataset, (selection, percent) in names.items()
        for group in [found[found["dataset"] == dataset].sort_values("seed", kind="stable")]
    ]
    means = text_baselines.groupby(["baseline", "metric"], sort=False)["value"].mean().reset_index()
    parts.append(means.assign(selection=means["baseline"] + " baseline", share_percent=float("nan"), seed=0))
    frame = pd.concat(parts, ignore_index=True)
    frame["value"] *= POINTS
    return frame[[*TABLE.keys, "seed", "value"]]
