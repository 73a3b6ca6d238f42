"""Makes the made-up experiment beside these folders importable, and draws it once for all tests."""

from __future__ import annotations

import sys
from pathlib import Path

import pandas as pd
import pytest

sys.path.insert(0, str(Path(__file__).parents[1]))

import synthetic_run


@pytest.fixture(scope="session")
def outcomes() -> pd.DataFrame:
    """Errors per test prompt of all models."""
    return synthetic_run.outcomes(prompts=800)


@pytest.fixture(scope="session")
def evaluations(outcomes: pd.DataFrame) -> pd.DataFrame:
    """Accuracies of all models."""
    return synthetic_run.evaluations(outcomes)
