"""The most probable candidate where the verifier accepts it: data selection (Feng et al. 2024, section 5.2)."""

from collections.abc import Iterable, Iterator

import numpy as np
from numpy.typing import NDArray

from uncollapse.candidates.judged import Scores
from uncollapse.selection.settings import DatasetSettings

READS, POOL, REASONS = "verdicts", "first", ("rejected by the verifier",)


def choose(groups: Iterable[Scores], *, settings: DatasetSettings, prompts: int) -> Iterator[NDArray[np.int64]]:
    """Ranks (N,), 0 where the first of the candidates (N, W) is accepted."""
    for group in groups:
        assert group.accepted is not None
        yield np.where(group.accepted[:, 0], 0, ~0)
