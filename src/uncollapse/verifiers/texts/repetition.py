"""A heuristic: an answer that repeats itself is a degenerate one (Welleck et al. 2020, seq-rep-n).

The share of its n-grams of words that it has written before: 1 - different n-grams / n-grams, 0 for short answers.
"""

from typing import Literal

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from pydantic import Field

from uncollapse.candidates.texts import TextCandidates
from uncollapse.language.engines.interface import Engine
from uncollapse.metrics.overlap import repeated_share
from uncollapse.verifiers.bounds import Bounded


class Settings(Bounded):
    """The verifier's keys in config."""

    kind: Literal["repetition"] = "repetition"
    n: int = Field(default=3, ge=1, description="words of an n-gram")
    highest: float | None = Field(
        default=None, ge=0, le=1, description="largest repeated share that is accepted; null ranks without a verdict"
    )


def score(
    candidates: TextCandidates, prompts: pa.Table, *, settings: Settings, engine: Engine | None
) -> tuple[NDArray[np.float64], NDArray[np.bool_] | None]:
    """Scores (N, W) are minus the repeated share."""
    repeated = candidates.measured(lambda text: repeated_share(text, settings.n))
    return -repeated, None if settings.highest is None else repeated <= settings.highest
