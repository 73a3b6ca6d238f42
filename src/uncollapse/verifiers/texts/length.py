"""A heuristic: an answer has about the length of a true one, in words."""

from typing import Literal

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from pydantic import Field, model_validator

from uncollapse.candidates.texts import TextCandidates
from uncollapse.language.engines.interface import Engine
from uncollapse.verifiers.bounds import Bounded


class Settings(Bounded):
    """The verifier's keys in config."""

    kind: Literal["length"] = "length"
    lowest: int = Field(default=1, ge=0, description="words of the shortest answer that is accepted")
    highest: int = Field(ge=1, description="words of the longest answer that is accepted")

    @model_validator(mode="after")
    def _in_order(self) -> "Settings":
        if self.lowest > self.highest:
            raise ValueError(f"lowest {self.lowest} is above highest {self.highest}; exchange them")
        return self


def score(
    candidates: TextCandidates, prompts: pa.Table, *, settings: Settings, engine: Engine | None
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Scores (N, W) are minus the words below or above the bounds; 0 within them."""
    words = candidates.measured(lambda text: len(text.split()))
    outside = np.maximum(settings.lowest - words, 0) + np.maximum(words - settings.highest, 0)
    return -outside, outside == 0
