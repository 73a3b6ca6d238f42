"""Table 10 of Zhu et al. 2024: downstream tasks by the machine-written share, the first architecture."""

from __future__ import annotations

import pandas as pd

from uncollapse.reporting.mixture_scores import plain
from uncollapse.reporting.table import Table
from uncollapse.reporting.task_scores import CAPTION, KEYS, LAYOUT, task_rows

TABLE = Table(
    title="Downstream tasks by the machine-written share: the first architecture",
    source="Zhu et al. 2024, Table 10",
    caption=CAPTION + " The paper's model is a GPT-2 of 124M parameters.",
    keys=KEYS,
    reported_value="score_percent",
    unit="percent",
    bounds=(0.0, 100.0),
    measures=("ours", "paper"),
    layout=LAYOUT,
)


def rows(*, task_scores: pd.DataFrame, trained_models: pd.DataFrame) -> pd.DataFrame:
    """synthetic_share_percent, task, seed, value."""
    return task_rows(task_scores, plain(trained_models))
