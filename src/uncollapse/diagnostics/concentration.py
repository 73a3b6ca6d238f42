"""Concentration of histograms: measures of counts (..., B) over their last axis."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

TOP = 100  # of 10,000 buckets: the fullest hundredth


def shares(counts: ArrayLike) -> NDArray[np.float64]:
    """Counts as shares of their sum; of nothing, as nothing.

    >>> shares([[3, 1], [0, 0]]).tolist()
    [[0.75, 0.25], [0.0, 0.0]]
    """
    array = np.asarray(counts, dtype=np.float64)
    total = array.sum(axis=-1, keepdims=True)
    return np.divide(array, total, out=np.zeros_like(array), where=total > 0)


def entropy(counts: ArrayLike) -> NDArray[np.float64]:
    """Shannon entropy in bits.

    >>> float(entropy([1, 1, 1, 1, 0]))
    2.0
    """
    share = shares(counts)
    return -(share * np.log2(np.where(share > 0, share, 1))).sum(axis=-1)


def effective_number(counts: ArrayLike) -> NDArray[np.float64]:
    """2 ** entropy: how many equally full buckets would have this entropy."""
    return np.exp2(entropy(counts))


def gini(counts: ArrayLike) -> NDArray[np.float64]:
    """Gini coefficient: 0 for equally full buckets, near 1 where one has all.

    >>> float(gini([1, 1, 1, 1])), float(gini([0, 0, 0, 1]))
    (0.0, 0.75)
    """
    share = np.sort(shares(counts), axis=-1)
    buckets = share.shape[-1]
    return (share * (2 * np.arange(1, buckets + 1) - buckets - 1)).sum(axis=-1) / buckets


def top_mass(counts: ArrayLike, *, top: int = TOP) -> NDArray[np.float64]:
    """Share of everything that lies in the ``top`` fullest buckets."""
    share = shares(counts)
    return np.partition(share, -top, axis=-1)[..., -top:].sum(axis=-1)


def divergence(counts: ArrayLike, others: ArrayLike) -> NDArray[np.float64]:
    """Jensen-Shannon divergence of two histograms, in bits from 0 (equal) to 1 (disjoint).

    >>> float(divergence([1, 1], [1, 1])), float(divergence([1, 0], [0, 1]))
    (0.0, 1.0)
    """
    first, second = shares(counts), shares(others)
    return entropy((first + second) / 2) - (entropy(first) + entropy(second)) / 2
