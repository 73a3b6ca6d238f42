"""Every selection of the run: what is known of it before training, and what its students are worth."""

import pandas as pd

from uncollapse.analysis.dataset_words import FILTERS
from uncollapse.analysis.grouped_run import GroupedRun
from uncollapse.analysis.labellers import alike
from uncollapse.analysis.table import Layout, Row, Table
from uncollapse.analysis.verifier_quality import TOLERANCE, in_words, points

# quantity of a proxy's file -> the table's column, and by how much a percentage is more
_FORETOLD = {
    "p_star": ("p*", 1.0),
    "kept_precision": ("kept precision (%)", 100.0),
    "effective_share": ("effective share", 1.0),
}
_STUDENTS = "students within 2% (%)"
_COLUMNS = [*(name for name, _ in _FORETOLD.values()), _STUDENTS]


def _bounds(row: Row) -> tuple[float, float]:
    return (0.0, 100.0) if row["quantity"].endswith("(%)") else (0.0, 1.0)


TABLE = Table(
    title="What is known of a selection before training, and what its students are worth",
    source="after Feng et al. 2024 v2, Figure 4",
    caption=(
        "Every selection of the run, of one number of examples: p* and kept precision with labels within 2% as "
        "correct, the effective share (how much of the prompts' distribution the kept prompts still cover), and the "
        f"share of test matrices that students trained from scratch on it solve within 2%. {FILTERS}"
    ),
    keys=("labels", "quantity"),
    unit="as the columns say",
    bounds=_bounds,
    pooled=("quantity",),
    measures=("ours",),
    repeats="generators that label, or seeds where one does",
    layout=Layout(
        row_heads=("labels",),
        row_label=lambda row: (row["labels"],),
        column_label=lambda row: row["quantity"],
        column_order=lambda row: _COLUMNS.index(row["quantity"]),
        decimals=lambda row: 1 if row["quantity"].endswith("(%)") else 2,
    ),
)


def rows(
    *,
    groups: pd.DataFrame,
    datasets: pd.DataFrame,
    evaluations: pd.DataFrame,
    outcomes: pd.DataFrame,
    group_evaluations: pd.DataFrame,
    group_outcomes: pd.DataFrame,
    proxy: pd.DataFrame,
    labellers: pd.DataFrame,
) -> pd.DataFrame:
    """TABLE.keys, seed, value, alone: a value for each labeller, or for each seed where one labels; sorted by p*."""
    run = GroupedRun(
        groups=groups, evaluations=evaluations, outcomes=outcomes, group_evaluations=group_evaluations,
        group_outcomes=group_outcomes, labellers=labellers,
    )  # fmt: skip
    found = points(run, datasets, proxy, TOLERANCE)
    words = in_words(found)
    place = {labeller: number for number, labeller in enumerate(alike(labellers)["labeller"])}
    records = []
    for point in sorted(found, key=lambda point: point.p_star.value):
        several = len(point.solved) > 1  # the same labellers in every line
        measured = proxy[(proxy["dataset"] == point.dataset) & proxy["labeller"].isin(point.solved)]
        for row in measured.to_dict("records"):
            if row["quantity"] in _FORETOLD and not pd.isna(row["value"]):
                name, scale = _FORETOLD[row["quantity"]]
                records.append((words[point.dataset], name, place[row["labeller"]], scale * row["value"], several))
        for labeller, models in point.solved.items():
            units = [models.mean()] if several else models.mean(1)
            first = place[labeller] if several else 0
            records += [
                (words[point.dataset], _STUDENTS, first + seed, value, several) for seed, value in enumerate(units)
            ]
    return pd.DataFrame(records, columns=[*TABLE.keys, "seed", "value", "alone"])
