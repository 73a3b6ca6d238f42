"""Right answers alone: the control that knows them."""

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from uncollapse.rounds.written import Answers
from uncollapse.settings.values import Strict


class Settings(Strict):
    """Nothing to set."""

    kind: Literal["oracle"]


def keep(answers: Answers, settings: Settings) -> NDArray[np.bool_]:
    """Whether an answer is right."""
    return answers.right
