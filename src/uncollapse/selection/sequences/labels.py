"""The true answers: the clean control, and what generators are trained on."""

from collections.abc import Iterable, Iterator

import numpy as np
from numpy.typing import NDArray

from uncollapse.candidates.judged import Scores
from uncollapse.selection.settings import DatasetSettings

READS, POOL, REASONS = "labels", "first", ("skipped",)


def choose(groups: Iterable[Scores], *, settings: DatasetSettings, prompts: int) -> Iterator[NDArray[np.int64]]:
    """Ranks (N,), 0 after the first ``skip`` prompts."""
    for group in groups:
        yield np.where(group.prompt_id < settings.skip, ~0, 0)
