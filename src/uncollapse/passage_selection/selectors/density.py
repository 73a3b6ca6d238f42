"""Fewer passages from where they crowd, see :mod:`uncollapse.passage_selection.density`."""

import numpy as np
from numpy.typing import NDArray

from uncollapse.passage_selection.pool import Pool
from uncollapse.passage_selection.settings import TextSelectionSettings

READS = ("texts", "encoder")


def choose(pool: Pool, settings: TextSelectionSettings) -> NDArray[np.int64]:
    """Rows drawn in proportion to 1 / density in the space of sentence embeddings."""
    from uncollapse.language.sentence_embeddings import embed
    from uncollapse.passage_selection import density

    embeddings = {"machine": embed(pool.texts, encoder=str(pool.encoder), device=pool.device)}
    found = density.responses(embeddings, seed=settings.seed)["machine"]
    return density.inverse_density_sample(found, size=pool.size, seed=settings.seed)
