"""Importance resampling toward the human passages, see :mod:`uncollapse.passage_selection.dsir`."""

import numpy as np
from numpy.typing import NDArray

from uncollapse.passage_selection.pool import Pool
from uncollapse.passage_selection.settings import TextSelectionSettings

READS = ("texts",)


def choose(pool: Pool, settings: TextSelectionSettings) -> NDArray[np.int64]:
    """Rows drawn in proportion to their importance; however short, as all passages have one length."""
    from uncollapse.passage_selection import dsir

    weighed = dsir.importance(dsir.chunks(pool.texts), dsir.chunks(pool.human_texts), folder=pool.folder)
    return dsir.select(weighed, size=pool.size, seed=settings.seed, shortest=1)
