"""Answers that are not much shorter than the longest to questions of their difficulty (Lee et al. 2025, section 5)."""

from typing import Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from uncollapse.rounds.written import Answers
from uncollapse.settings.values import Strict


class Settings(Strict):
    """The filter's margin; the paper's text has 10, its code 2 for forward addition and 1 for multiplication."""

    kind: Literal["length"]
    margin: int = Field(
        default=2, ge=1, description="an answer that is shorter by as many characters, or more, is dropped"
    )


def keep(answers: Answers, settings: Settings) -> NDArray[np.bool_]:
    """Whether an answer is less than ``margin`` shorter than its model's longest of that difficulty that has an end."""
    lengths = np.array([[len(answer) for answer in mine] for mine in answers.texts])
    ended = np.where(answers.finished, lengths, 0)
    kept = np.zeros(lengths.shape, dtype=bool)
    for difficulty in np.unique(answers.difficulties):
        mine = answers.difficulties == difficulty
        longest = ended[:, mine].max(1, keepdims=True)
        kept[:, mine] = lengths[:, mine] > longest - settings.margin
    return kept
