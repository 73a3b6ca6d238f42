"""A region of the ranking by perplexity under a prior, the lowest or the middle (Zhu et al. 2024, Table 13).

The paper's "PPL Filter" does not say which end it keeps; Marion et al. 2023, who compared them, keep the middle.
"""

from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from uncollapse.errors import DataError
from uncollapse.passage_selection.pool import Pool
from uncollapse.passage_selection.settings import TextSelectionSettings

READS = ("prior",)


def choose(pool: Pool, settings: TextSelectionSettings) -> NDArray[np.int64]:
    """Rows whose perplexity lies in the region."""
    from uncollapse.editing.documents import Documents
    from uncollapse.editing.edit import log_probs

    assert pool.prior is not None
    ids = pool.machine.column("passage_id").to_numpy()
    documents = Documents.of_lists(ids, pool.machine.column("ids").to_pylist())
    sums = np.bincount(documents.owner, weights=log_probs(documents, pool.prior), minlength=len(documents))
    return keep(np.exp(-sums / np.diff(documents.offsets)), size=pool.size, region=settings.region)


def keep(
    perplexities: ArrayLike, *, size: int, region: Literal["lowest", "middle", "highest"] = "lowest"
) -> NDArray[np.int64]:
    """Rows (rising) of the ``size`` documents in a region of the perplexity ranking.

    A document without a perplexity (NaN) is never kept; equal ones are taken in the order of their rows. The middle
    leaves out as many below as above (one more above, if that doesn't come out even).

    Raises
    ------
    DataError
        Where fewer documents have a perplexity.

    Examples
    --------
    >>> keep([9.0, 1.0, 5.0, float("nan"), 7.0], size=2, region="middle").tolist()
    [2, 4]
    """
    values = np.asarray(perplexities, dtype=np.float64)
    order = np.argsort(values, kind="stable")[: len(values) - int(np.isnan(values).sum())]
    if not 0 <= size <= len(order):
        raise DataError(f"{size:,} documents asked for, {len(order):,} of {len(values):,} have a perplexity")
    start = {"lowest": 0, "middle": (len(order) - size) // 2, "highest": len(order) - size}[region]
    return np.sort(order[start : start + size])
