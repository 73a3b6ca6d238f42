"""The candidate that the verifier scores highest: label selection (Feng et al. 2024, section 5.2)."""

from collections.abc import Iterable, Iterator

import numpy as np
from numpy.typing import NDArray

from uncollapse.candidates.judged import Scores
from uncollapse.selection.settings import DatasetSettings

READS, POOL, REASONS = "scores", "all", ()


def choose(groups: Iterable[Scores], *, settings: DatasetSettings, prompts: int) -> Iterator[NDArray[np.int64]]:
    """Ranks (N,) of the highest scores (N, W), of the more probable one among equals."""
    for group in groups:
        yield group.scores.argmax(1)
