"""Answers that enough models agree on, each trained from a seed of its own (Lee et al. 2025, section 5)."""

from typing import Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from uncollapse.rounds.written import Answers
from uncollapse.settings.values import Strict


class Settings(Strict):
    """How many models; the paper asks for more than 0.7 of five, or 0.9 for accelerated multiplication."""

    kind: Literal["vote"]
    agree: int = Field(
        ge=2, description="models that must have written an answer, the one that learns from it included"
    )

    def misfit(self, models: int, checks: list[str]) -> str | None:
        """Words for a vote that can never be won."""
        if self.agree > models:
            return f"{self.agree} models must agree, but there are {models} (seeds); lower it, or add seeds"
        return None


def keep(answers: Answers, settings: Settings) -> NDArray[np.bool_]:
    """Whether enough models wrote the very same answer."""
    return answers.votes >= settings.agree
