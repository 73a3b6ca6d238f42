"""Tests that need a GPU: what is computed on it must agree with what a CPU computes. Elsewhere they are skipped.

Where there is one: ``pytest tests/gpu``.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import torch


@pytest.fixture(autouse=True)
def _gpu_in_float32() -> Iterator[None]:
    """Products of float32 numbers in float32, as on a CPU, so that only the order of sums differs."""
    if not torch.cuda.is_available():
        pytest.skip("torch sees no GPU here")
    precision = torch.get_float32_matmul_precision()
    torch.set_float32_matmul_precision("highest")
    yield
    torch.set_float32_matmul_precision(precision)
