"""Data sets become tensors, or are refused before a step is taken."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from uncollapse.artifacts.datasets import DATASET
from uncollapse.artifacts.parquet import ParquetWriter
from uncollapse.errors import ArtifactError
from uncollapse.tasks.sequence_layout import SequenceLayout
from uncollapse.training.data import load_examples

CPU = torch.device("cpu")


def _rows(prompts: list[list[int]], answers: list[list[int]], *, first: int = 0) -> dict[str, Any]:
    count = len(prompts)
    return {
        "split": ["synthesize"] * count,
        "prompt_id": np.arange(first, first + count),
        "rank": np.zeros(count, dtype=np.int16),
        "prompt_tokens": np.array(prompts, dtype=np.int16),
        "answer_tokens": np.array(answers, dtype=np.int16),
    }


def _write(path: Path, *groups: dict[str, Any]) -> Path:
    with ParquetWriter(path, DATASET) as writer:
        for group in groups:
            writer.write(group)
    return path


def test_all_rows_of_all_groups_in_order(tmp_path: Path, small_layout: SequenceLayout) -> None:
    path = _write(
        tmp_path / "d.parquet",
        _rows([[0, 1, 2], [8, 8, 8]], [[1, 3, 2, 5], [2, 6, 6, 6]]),
        _rows([[3, 4, 5]], [[1, 4, 3, 6]], first=2),
    )
    examples = load_examples(path, small_layout, device=CPU)
    assert len(examples) == 3
    assert examples.prompts.tolist() == [[0, 1, 2], [8, 8, 8], [3, 4, 5]]
    assert examples.answers.tolist() == [[1, 3, 2, 5], [2, 6, 6, 6], [1, 4, 3, 6]]
    assert examples.prompts.dtype in (torch.int32, torch.int64)


def _refused(path: Path, layout: SequenceLayout, word: str) -> None:
    with pytest.raises(ArtifactError) as caught:
        load_examples(path, layout, device=CPU)
    assert str(path) in str(caught.value)
    assert word in str(caught.value)


def test_no_rows(tmp_path: Path, small_layout: SequenceLayout) -> None:
    _refused(_write(tmp_path / "d.parquet"), small_layout, "no rows")


@pytest.mark.parametrize(("prompt", "answer"), [([1, 2], [1, 3, 2, 5]), ([1, 2, 3], [1, 3, 2])])
def test_sequences_of_another_length(
    tmp_path: Path, small_layout: SequenceLayout, prompt: list[int], answer: list[int]
) -> None:
    _refused(_write(tmp_path / "d.parquet", _rows([prompt], [answer])), small_layout, "reads 3 and writes 4")


@pytest.mark.parametrize(
    ("prompt", "answer"),
    [
        ([1, 2, 9], [1, 3, 2, 5]),
        ([-1, 2, 3], [1, 3, 2, 5]),
        ([1, 2, 3], [0, 3, 2, 5]),
        ([1, 2, 3], [3, 3, 2, 5]),  # a token of the vocabulary, but not at this position
        ([1, 2, 3], [1, 3, 2, 7]),
    ],
)
def test_tokens_outside_their_range(
    tmp_path: Path, small_layout: SequenceLayout, prompt: list[int], answer: list[int]
) -> None:
    good = _rows([[1, 2, 3]], [[1, 3, 2, 5]])
    path = _write(tmp_path / "d.parquet", good, _rows([prompt], [answer], first=1))
    _refused(path, small_layout, "vocabulary")
