"""Prompts of one split with their true answers."""

from dataclasses import replace

import pyarrow as pa

from uncollapse.artifacts.artifact import Artifact
from uncollapse.artifacts.columns import PROMPT_ID, field


def prompts(task_columns: list[pa.Field]) -> pa.Schema:
    """Prompts of one split, with the task's own columns."""
    return pa.schema([PROMPT_ID, *task_columns])


TEXT_PROMPTS = pa.schema(
    [
        PROMPT_ID,
        field("document_id", pa.int64(), "row number of the document within its corpus"),
        field("prompt", pa.string(), "what the model reads, template applied"),
        field("answer", pa.string(), "the true one"),
    ]
)

PROMPT_FILES = Artifact(path="prompts/{split}.parquet", counts="sample")  # the task adds its columns
TEXT_PROMPT_FILES = replace(PROMPT_FILES, schema=TEXT_PROMPTS)
