"""The most probable candidate of every prompt, unselected."""

from collections.abc import Iterable, Iterator

import numpy as np
from numpy.typing import NDArray

from uncollapse.candidates.judged import Scores
from uncollapse.selection.settings import DatasetSettings

READS, POOL, REASONS = "candidates", "first", ()


def choose(groups: Iterable[Scores], *, settings: DatasetSettings, prompts: int) -> Iterator[NDArray[np.int64]]:
    """Ranks (N,), all 0."""
    for group in groups:
        yield np.zeros(len(group.prompt_id), dtype=np.int64)
