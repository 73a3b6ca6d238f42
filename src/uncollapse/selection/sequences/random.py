"""The most probable candidate of ``size`` prompts drawn at random: the control of selection."""

from collections.abc import Iterable, Iterator

import numpy as np
from numpy.typing import NDArray

from uncollapse.candidates.judged import Scores
from uncollapse.selection.random_rows import RandomRows
from uncollapse.selection.settings import DatasetSettings

READS, POOL, REASONS = "candidates", "first", ("not drawn",)


def check(settings: DatasetSettings) -> None:
    """How many are drawn must be said."""
    if settings.size is None:
        raise ValueError("select: random needs a size")


def choose(groups: Iterable[Scores], *, settings: DatasetSettings, prompts: int) -> Iterator[NDArray[np.int64]]:
    """Ranks (N,), 0 where a prompt is drawn; which ones depends on seed and size alone."""
    assert settings.size is not None
    lucky = RandomRows(prompts, settings.size, seed=settings.seed)
    for group in groups:
        yield np.where(lucky.take(len(group.prompt_id)), 0, ~0)
