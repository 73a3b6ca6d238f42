"""Downstream tasks: items, and scores."""

import pyarrow as pa

from uncollapse.artifacts.artifact import Artifact
from uncollapse.artifacts.columns import CORPUS, PASSAGE_ID, field

TASK_ITEMS = pa.schema(
    [
        PASSAGE_ID,
        CORPUS,
        field("context", pa.string(), "what stands before the choices"),
        field("choices", pa.list_(pa.string()), "one of them is right"),
        field("answer", pa.int64(), "the number of the right one, from 0"),
    ]
)

TASK_SCORES = pa.schema(
    [
        field("task", pa.string(), "its name in lm-evaluation-harness"),
        field("version", pa.string(), "of the task"),
        field("metric", pa.string(), "such as acc"),
        field("value", pa.float64(), "in the metric's unit; accuracies are fractions"),
        field("standard_error", pa.float64(), "over items; null where the harness gives none", nullable=True),
        field("items", pa.int64(), "that were judged; 0 where the harness does not say"),
    ]
)

ITEM_FILES = Artifact(path="task_items/{task}.parquet", schema=TASK_ITEMS)
TASK_SCORE_FILES = Artifact(path="task_scores/{model}.parquet", schema=TASK_SCORES, key=("task", "metric"))
