"""Self-selection: the generator's own confidence (Feng et al. 2024, "verify best" of Table 1).

Perplexity is exp(-log_prob / T) of the answer's T tokens, under the model that wrote it.
"""

from types import ModuleType
from typing import Any, Literal

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from pydantic import Field

from uncollapse.candidates.sequences import Candidates
from uncollapse.verifiers.bounds import Bounded


class Settings(Bounded):
    """The verifier's keys in config."""

    kind: Literal["perplexity"] = "perplexity"
    highest: float | None = Field(
        default=None, gt=1, description="largest perplexity that is accepted; null ranks candidates without a verdict"
    )


def score(
    candidates: Candidates, prompts: pa.Table, *, task: ModuleType, task_settings: Any, settings: Settings
) -> tuple[NDArray[np.float64], NDArray[np.bool_] | None]:
    """Scores (N, W) are minus the perplexity per token."""
    perplexity = np.exp(-candidates.log_prob.astype(np.float64) / candidates.tokens.shape[-1])
    return -perplexity, None if settings.highest is None else perplexity <= settings.highest
