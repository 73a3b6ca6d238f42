"""A region of the ranking by a prior's perplexity, see :mod:`uncollapse.passage_selection.perplexity_filter`."""

import numpy as np
from numpy.typing import NDArray

from uncollapse.passage_selection.pool import Pool
from uncollapse.passage_selection.settings import TextSelectionSettings

READS = ("prior",)


def choose(pool: Pool, settings: TextSelectionSettings) -> NDArray[np.int64]:
    """Rows whose perplexity lies in the region."""
    from uncollapse.editing.documents import Documents
    from uncollapse.editing.edit import log_probs
    from uncollapse.passage_selection import perplexity_filter

    assert pool.prior is not None
    ids = pool.machine.column("passage_id").to_numpy()
    documents = Documents.of_lists(ids, pool.machine.column("ids").to_pylist())
    sums = np.bincount(documents.owner, weights=log_probs(documents, pool.prior), minlength=len(documents))
    values = np.exp(-sums / np.diff(documents.offsets))
    return perplexity_filter.keep(values, size=pool.size, region=settings.region)
