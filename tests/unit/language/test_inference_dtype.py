"""In which type of number a model that is not trained computes."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from uncollapse.language.artifact import inference_dtype


@pytest.mark.parametrize(
    ("megabytes", "asked", "found"),
    [
        (1, "auto", torch.float32),
        (100, "auto", torch.bfloat16),
        (100, "float32", torch.float32),
        (1, "bfloat16", torch.bfloat16),
    ],
)
def test_large_models_compute_in_bfloat16(tmp_path: Path, megabytes: int, asked: str, found: torch.dtype) -> None:
    path = tmp_path / "model.safetensors"
    with path.open("wb") as file:
        file.truncate(megabytes * 1_000_000)  # a sparse file
    assert inference_dtype(path, asked) == found
