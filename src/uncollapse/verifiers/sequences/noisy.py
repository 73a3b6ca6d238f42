"""An imperfect verifier of known quality: it errs at given rates on right and on wrong candidates.

With phi = P(accept | right) and psi = P(accept | wrong) chosen, p_* = 1/(1 + psi/phi) is known beforehand (Feng et al.
2024, Theorem 3.2). Its errors do not depend on how hard a prompt is, which is what the theorem assumes.
"""

from types import ModuleType
from typing import Any, Literal

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from pydantic import Field

from uncollapse.candidates.sequences import Candidates
from uncollapse.randomness.hashing import uniforms
from uncollapse.settings.values import Strict


class Settings(Strict):
    """The verifier's keys in config; phi = psi selects at random."""

    kind: Literal["noisy"] = "noisy"
    tolerance: float = Field(gt=0, description="largest relative error that counts as right; 0.02 is 2%")
    phi: float = Field(ge=0, le=1, description="share of the right candidates that it accepts")
    psi: float = Field(ge=0, le=1, description="share of the wrong candidates that it accepts")
    seed: int = Field(default=0, ge=0, lt=2**63, description="of its errors, drawn anew for every prompt and candidate")


def score(
    candidates: Candidates, prompts: pa.Table, *, task: ModuleType, task_settings: Any, settings: Settings
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Scores (N, W) are 1 where accepted and 0 elsewhere, so the best is the most probable one that it accepts.

    The draw of a candidate is keyed by (seed, prompt_id, rank).
    """
    right = task.error(candidates.tokens, prompts, task_settings) < settings.tolerance
    rank = np.tile(np.arange(candidates.width), len(candidates.prompt_id))
    drawn = uniforms(settings.seed, np.repeat(candidates.prompt_id, candidates.width), rank).reshape(right.shape)
    accepted = drawn < np.where(right, settings.phi, settings.psi)
    return accepted.astype(np.float64), accepted
