"""Table 10 of Zhu et al. 2024: downstream tasks by the machine-written share, the first architecture."""

import pandas as pd

from uncollapse.analysis.mixture_scores import plain
from uncollapse.analysis.task_scores import task_rows, task_table

TABLE = task_table(number=10, which="first", model="a GPT-2 of 124M parameters")


def rows(*, task_scores: pd.DataFrame, trained_models: pd.DataFrame) -> pd.DataFrame:
    """synthetic_share_percent, task, seed, value."""
    return task_rows(task_scores, plain(trained_models))
