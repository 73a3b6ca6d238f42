"""The first candidate of every prompt, unselected."""

from collections.abc import Iterable, Iterator

import numpy as np
from numpy.typing import NDArray

from uncollapse.candidates.judged import Scores
from uncollapse.selection.text_settings import TextDatasetSettings

READS, POOL, REASONS = "candidates", "first", ()


def check(settings: TextDatasetSettings) -> None:
    """A share is another selector's."""
    if settings.share != 1:
        raise ValueError("select: all keeps every prompt; remove share, or select at random")


def choose(groups: Iterable[Scores], *, settings: TextDatasetSettings, prompts: int) -> Iterator[NDArray[np.int64]]:
    """Ranks (N,), all 0."""
    for group in groups:
        yield np.zeros(len(group.prompt_id), dtype=np.int64)
