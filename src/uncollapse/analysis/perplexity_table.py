"""The table that most sections on language models have: perplexity by what was trained on and evaluated on."""

from collections.abc import Callable

import pandas as pd

from uncollapse.analysis.table import Layout, Row, Table
from uncollapse.analysis.task_scores import PERCENT


def perplexity_table(
    *, title: str, source: str, caption: str | Callable[[pd.DataFrame], str], decimals: int = 1
) -> Table:
    """Lines by trained_on, columns by evaluated_on; the papers' numbers are of other sets, so ours stand alone.

    Columns in percent hold accuracies.
    """
    return Table(
        title=title,
        source=source,
        caption=caption,
        keys=("trained_on", "evaluated_on"),
        unit="perplexity",
        best=lambda row: "max" if _in_percent(row) else "min",
        bounds=lambda row: (0.0, 100.0) if _in_percent(row) else (1.0, float("inf")),
        measures=("ours",),
        layout=Layout(
            row_heads=("trained on",),
            row_label=lambda row: (row["trained_on"],),
            column_label=lambda row: row["evaluated_on"].replace("_", " "),
            decimals=decimals,
        ),
    )


def _in_percent(row: Row) -> bool:
    return str(row["evaluated_on"]).endswith(PERCENT)
