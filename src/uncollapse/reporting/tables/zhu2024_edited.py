"""What every edit did: tokens above the threshold, eligible and changed. The paper prints the first of these alone."""

from __future__ import annotations

import pandas as pd

from uncollapse.reporting.edit_counts import COUNTED, shares
from uncollapse.reporting.table import Layout, Table

_COLUMNS = {"above": "above the threshold", "eligible": "eligible", "changed": "changed"}

TABLE = Table(
    title="Eligible and changed tokens of every edit",
    source="after Zhu et al. 2024, Table 9, which prints one of the counts",
    caption=(
        "Percent of the tokens there were before. Eligible tokens are drawn again (or, for the control, deleted); what "
        "is drawn may be the same token, so fewer are changed."
    ),
    keys=("edit", "texts", "generation", "counted"),
    unit="percent",
    bounds=(0.0, 100.0),
    measures=("ours",),
    repeats="one run",
    layout=Layout(
        row_heads=("edit", "texts", "generation"),
        row_label=lambda row: (row["edit"], row["texts"], f"{row['generation']:g}"),
        column_label=lambda row: _COLUMNS[row["counted"]],
        column_order=lambda row: list(_COLUMNS).index(row["counted"]),
        decimals=3,
    ),
)


def rows(*, edit_counts: pd.DataFrame, edits: pd.DataFrame) -> pd.DataFrame:
    """edit, texts, generation, counted, seed, value, in the order of config."""
    wide = (
        edits[["edit", "texts"]]
        .merge(shares(edit_counts), on="edit", how="inner")
        .sort_values("generation", kind="stable")
    )
    wide = wide.sort_values("edit", key=lambda names: names.map(list(edits["edit"]).index), kind="stable")
    long = wide.melt(["edit", "texts", "generation"], COUNTED, var_name="counted", value_name="value")
    return long.assign(seed=0)[[*TABLE.keys, "seed", "value"]]
