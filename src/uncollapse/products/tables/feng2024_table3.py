"""Table 3 of Feng et al. 2024 (v1): more selected data, and a stricter verifier."""

import pandas as pd

from uncollapse.analysis.labellers import replicates
from uncollapse.analysis.table import ACCURACY, Layout, Row, Table
from uncollapse.analysis.verifier_quality import GROUP, amounts


def _row_label(row: Row) -> tuple[str, ...]:
    tolerance = row["selection_tolerance_percent"]
    kept = "all (no verifier)" if pd.isna(tolerance) else f"within {tolerance:g}% of the truth"
    return kept, f"{int(row['training_examples']):,}"


TABLE = Table(
    title="More selected data, and a stricter verifier",
    source="Feng et al. 2024 v1, Table 3",
    caption=(
        "Share of test matrices solved (greedy decoding) by students trained from scratch on greedy labels within a "
        "tolerance of the truth, by this tolerance and the number of labels. The paper has one and twelve million; "
        "rows of other sizes are ours, to be read against each other, as are the students of unselected labels. All "
        "students of this table take the same number of training steps."
    ),
    keys=("selection_tolerance_percent", "training_examples", "evaluation_tolerance_percent"),
    **ACCURACY,
    pooled=("evaluation_tolerance_percent",),
    layout=Layout(
        row_heads=("labels kept:", "training examples"),
        row_label=_row_label,
        column_label=lambda row: f"within {row['evaluation_tolerance_percent']:g}%",
        column_order=lambda row: -row["evaluation_tolerance_percent"],
    ),
)


def rows(*, group_evaluations: pd.DataFrame, groups: pd.DataFrame, labellers: pd.DataFrame) -> pd.DataFrame:
    """Greedy accuracy in percent of the students of GROUP: TABLE.keys, seed, value, alone."""
    students = group_evaluations[(group_evaluations["group"] == GROUP) & (group_evaluations["beams"] == 1)]
    students = students.drop_duplicates(["model", "tolerance"]).drop(columns="selection")
    frame = amounts(groups).merge(students, on="dataset", how="inner")
    frame = frame.assign(
        evaluation_tolerance_percent=(100 * frame["tolerance"]).round(9), accuracy=100 * frame["accuracy"]
    )
    return replicates(frame, labellers, cell=TABLE.keys, value="accuracy")
