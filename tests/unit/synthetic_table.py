"""Made-up comparison of a table with a paper's: three cells that were run, one that was not."""

from __future__ import annotations

import math

import pandas as pd

from uncollapse.analysis.table import Layout, Table

TABLE = Table(
    title="Accuracy",
    caption="By beam.",
    source="A paper, Table 1",
    keys=("beam", "tolerance"),
    reported_value="accuracy",
    unit="%",
    layout=Layout(
        row_heads=("beam",),
        row_label=lambda row: (str(row["beam"]),),
        column_label=lambda row: f"{row['tolerance']:g}%",
        column_order=lambda row: -row["tolerance"],
    ),
)
NAN = math.nan
COMPARISON = pd.DataFrame(
    [
        (5, 1.0, 38.1, 34.2, 41.94, 39.4, 3, 19.7),
        (5, 2.0, 66.4, 63.0, 69.8, 68.0, 3, 66.5),
        (5, 5.0, 93.0, 92.0, 94.0, 93.5, 2, NAN),
        (50, 2.0, NAN, NAN, NAN, NAN, 0, 65.9),
    ],
    columns=["beam", "tolerance", "ours_mean", "ours_low", "ours_high", "ours_best", "seeds", "paper"],
)
