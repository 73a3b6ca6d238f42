"""Tests that need a GPU: what is computed on it must agree with what a CPU computes. Elsewhere they are skipped.

Where there is one: ``pytest tests/gpu``.
"""

from __future__ import annotations

import pytest
import torch


@pytest.fixture(autouse=True)
def _gpu() -> None:
    if not torch.cuda.is_available():
        pytest.skip("torch sees no GPU here")
