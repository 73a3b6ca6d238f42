"""A verifier that knows the truth and is strict where a prompt is hard: what it accepts is right, and easy.

It never accepts a wrong candidate, so p_* = 1 says that it is perfect; but it changes which prompts a student sees. The
theory behind p_* assumes that selection depends on a label's correctness alone (Feng et al. 2024, Assumption of
independent selection), and here it does not.
"""

from types import ModuleType
from typing import Any, Literal

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from pydantic import Field

from uncollapse.candidates.sequences import Candidates
from uncollapse.errors import DataError
from uncollapse.settings.values import Strict


class Settings(Strict):
    """The verifier's keys in config."""

    kind: Literal["biased"] = "biased"
    tolerance: float = Field(gt=0, description="largest relative error that it accepts, on easy prompts")
    feature: str = Field(description="a feature of the task that is large where a prompt is easy")
    easy: float = Field(gt=0, description="from this value of the feature on, the whole tolerance is granted")
    strength: float = Field(
        default=1.0, gt=0, description="below it, the tolerance is multiplied by (feature / easy) to this power"
    )


def score(
    candidates: Candidates, prompts: pa.Table, *, task: ModuleType, task_settings: Any, settings: Settings
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Scores (N, W) are minus the task's error, so the best candidate is the closest; see ``Settings`` for verdicts.

    Raises
    ------
    DataError
        Where the task has no such feature.
    """
    features = task.features(prompts, task_settings)
    if settings.feature not in features:
        known = ", ".join(repr(name) for name in features)
        raise DataError(f"verifier biased: the task has no feature {settings.feature!r}; name one of {known}")
    easiness = np.clip(features[settings.feature] / settings.easy, 0.0, 1.0)
    tolerance = settings.tolerance * easiness**settings.strength
    error = task.error(candidates.tokens, prompts, task_settings)
    return -error, error < tolerance[:, None]
