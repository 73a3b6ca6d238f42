"""A data set as tensors on the device that trains."""

from pathlib import Path

import numpy as np
import torch

from uncollapse.artifacts.datasets import DATASET
from uncollapse.artifacts.parquet import list_column, read_row_groups
from uncollapse.errors import ArtifactError
from uncollapse.tasks.sequence_layout import SequenceLayout
from uncollapse.training.loop import Examples


def load_examples(path: Path, layout: SequenceLayout, *, device: torch.device) -> Examples:
    """All rows of a data set, token ids as int64.

    Raises
    ------
    ArtifactError
        For an empty data set, sequences of another length than the layout's, or tokens outside their range.
    """
    prompts, answers = [], []
    for table in read_row_groups(path, DATASET):
        for name, parts in (("prompt_tokens", prompts), ("answer_tokens", answers)):
            values = list_column(table, name)
            if parts and values.shape[1] != parts[0].shape[1]:
                raise ArtifactError(f"{path}: {name} differ in length; delete the file and rerun")
            parts.append(values)
    if not prompts:
        raise ArtifactError(f"{path}: no rows to train on; its selection keeps nothing, or it was cut off")
    prompt, answer = np.concatenate(prompts), np.concatenate(answers)
    if prompt.shape[1] != layout.prompt_length or answer.shape[1] != layout.answer_length:
        raise ArtifactError(
            f"{path}: sequences of {prompt.shape[1]} and {answer.shape[1]} tokens, but the task reads"
            f" {layout.prompt_length} and writes {layout.answer_length}; delete the file and rerun"
        )
    if not layout.holds(answer) or prompt.min() < 0 or prompt.max() >= layout.vocabulary_size:
        raise ArtifactError(f"{path}: token ids outside the task's vocabulary; delete the file and rerun")
    return Examples(
        prompts=torch.from_numpy(prompt.astype(np.int32)).to(device),
        answers=torch.from_numpy(answer.astype(np.int32)).to(device),
    )
