"""Passages drawn at random: the control of selection."""

import numpy as np
from numpy.typing import NDArray

from uncollapse.passage_selection.pool import Pool
from uncollapse.passage_selection.settings import TextSelectionSettings
from uncollapse.passage_selection.without_replacement import sample_rows

READS = ()


def choose(pool: Pool, settings: TextSelectionSettings) -> NDArray[np.int64]:
    """Rows drawn with equal probability."""
    return sample_rows(np.zeros(len(pool.machine)), size=pool.size, seed=settings.seed, stage="random selection")
