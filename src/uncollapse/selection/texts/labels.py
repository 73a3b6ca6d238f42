"""The true answers, of a ``share`` of prompts drawn at random where it is below 1."""

from collections.abc import Iterable, Iterator

import numpy as np
from numpy.typing import NDArray

from uncollapse.candidates.judged import Scores
from uncollapse.selection.shares import random_share
from uncollapse.selection.text_settings import TextDatasetSettings

READS, POOL, REASONS = "labels", "first", ("not drawn",)


def choose(groups: Iterable[Scores], *, settings: TextDatasetSettings, prompts: int) -> Iterator[NDArray[np.int64]]:
    """Ranks (N,), 0 where a prompt is drawn."""
    for _ in groups:
        yield np.where(random_share(prompts, settings.share, seed=settings.seed), 0, ~0)
