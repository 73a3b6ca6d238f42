"""The oracle: it knows the truth and accepts what lies within a tolerance of it (Feng et al. 2024, appendix B)."""

from types import ModuleType
from typing import Any, Literal

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from pydantic import Field

from uncollapse.candidates.sequences import Candidates
from uncollapse.settings.values import Strict


class Settings(Strict):
    """The verifier's keys in config."""

    kind: Literal["tolerance"] = "tolerance"
    tolerance: float = Field(
        gt=0, allow_inf_nan=False, description="largest relative error that still counts as correct; 0.02 is 2%"
    )


def score(
    candidates: Candidates, prompts: pa.Table, *, task: ModuleType, task_settings: Any, settings: Settings
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Scores (N, W) are minus the task's error, so the best candidate is the closest; accepted below the tolerance."""
    error = task.error(candidates.tokens, prompts, task_settings)
    return -error, error < settings.tolerance
