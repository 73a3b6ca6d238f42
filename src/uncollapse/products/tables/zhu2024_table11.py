"""Table 11 of Zhu et al. 2024: downstream tasks by the machine-written share, the second architecture."""

import pandas as pd

from uncollapse.analysis.mixture_scores import plain_of_second
from uncollapse.analysis.task_scores import task_rows, task_table

TABLE = task_table(number=11, which="second", model="an OLMo of 237M parameters")


def rows(*, task_scores: pd.DataFrame, trained_models: pd.DataFrame) -> pd.DataFrame:
    """synthetic_share_percent, task, seed, value."""
    return task_rows(task_scores, plain_of_second(trained_models))
