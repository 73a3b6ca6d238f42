"""Table 11 of Zhu et al. 2024: downstream tasks by the machine-written share, the second architecture."""

from __future__ import annotations

import pandas as pd

from uncollapse.reporting.mixture_scores import plain_of_second
from uncollapse.reporting.table import Table
from uncollapse.reporting.task_scores import CAPTION, KEYS, LAYOUT, task_rows

TABLE = Table(
    title="Downstream tasks by the machine-written share: the second architecture",
    source="Zhu et al. 2024, Table 11",
    caption=CAPTION + " The paper's model is a OLMo of 237M parameters.",
    keys=KEYS,
    reported_value="score_percent",
    unit="percent",
    bounds=(0.0, 100.0),
    measures=("ours", "paper"),
    layout=LAYOUT,
)


def rows(*, task_scores: pd.DataFrame, trained_models: pd.DataFrame) -> pd.DataFrame:
    """synthetic_share_percent, task, seed, value."""
    return task_rows(task_scores, plain_of_second(trained_models))
