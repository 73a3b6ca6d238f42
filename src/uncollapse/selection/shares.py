"""Selectors that keep a share of prompts, on arrays."""

import numpy as np
from numpy.typing import NDArray

from uncollapse.errors import DataError


def kept_rows(rows: int, share: float) -> int:
    """How many of ``rows`` a share is.

    Raises
    ------
    DataError
        Where that is none.
    """
    if (kept := round(share * rows)) < 1:
        raise DataError(f"a share of {share:g} of {rows:,} prompts is none of them; raise the share, or sample.pool")
    return kept


def top_share(scores: NDArray[np.float64], share: float) -> NDArray[np.bool_]:
    """A mask (N,) of the highest-scoring ``share`` of N prompts; among equals, the earlier ones.

    >>> top_share(np.array([0.2, 0.9, 0.4, 0.4]), 0.5).tolist()
    [False, True, True, False]
    """
    mask = np.zeros(len(scores), dtype=np.bool_)
    mask[np.argsort(-scores, kind="stable")[: kept_rows(len(scores), share)]] = True
    return mask


def random_share(rows: int, share: float, *, seed: int) -> NDArray[np.bool_]:
    """A mask (N,) of a ``share`` of N prompts drawn without replacement; a larger share holds the smaller one.

    >>> int(random_share(1000, 0.125, seed=0).sum())
    125
    """
    if share == 1:
        return np.ones(rows, dtype=np.bool_)
    mask = np.zeros(rows, dtype=np.bool_)
    mask[np.random.default_rng(seed).permutation(rows)[: kept_rows(rows, share)]] = True
    return mask
