"""The first candidate of the ``share`` of prompts whose candidate the verifier scores highest.

Feng et al. 2024, section 5.3.
"""

from collections.abc import Iterable, Iterator

import numpy as np
from numpy.typing import NDArray

from uncollapse.candidates.judged import Scores
from uncollapse.selection.shares import top_share
from uncollapse.selection.text_settings import TextDatasetSettings

READS, POOL, REASONS = "scores", "first", ("outside the highest-scoring share",)


def choose(groups: Iterable[Scores], *, settings: TextDatasetSettings, prompts: int) -> Iterator[NDArray[np.int64]]:
    """Ranks (N,), 0 where the first of the scores (N, W) is high."""
    for group in groups:
        yield np.where(top_share(group.scores[:, 0], settings.share), 0, ~0)
