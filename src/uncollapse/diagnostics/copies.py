"""Copies within a corpus: the same words again are no further evidence, so that what is resampled are distinct texts.

All copies of a text are one cluster. A cluster is drawn as a whole, so that its text keeps its weight; in a corpus
without copies every document is a cluster by itself, and draws are those of documents.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from uncollapse.corpora.stored_texts import marks
from uncollapse.statistics.bootstrap import resamples


def clusters(texts: Sequence[str]) -> NDArray[np.int64]:
    """The cluster (N,) of each text, numbered from 0 as they come first; texts of the same words share one.

    >>> clusters(["to be", "or", "to  be", "not"]).tolist()
    [0, 1, 0, 2]
    """
    return numbered(marks(texts)[:, 0])  # 64 bits tell documents apart: of ten million two agree once in 370,000 times


def numbered(labels: NDArray) -> NDArray[np.int64]:
    """Labels (N,) as numbers from 0, in the order in which they come first.

    >>> numbered(np.array([7, 3, 7, 9])).tolist()
    [0, 1, 0, 2]
    """
    _, first, label = np.unique(labels, return_index=True, return_inverse=True)
    places = np.empty(len(first), dtype=np.int64)
    places[np.argsort(first)] = np.arange(len(first))
    return places[label]


def distinct(cluster: NDArray[np.int64]) -> int:
    """How many clusters there are."""
    return int(cluster.max()) + 1 if len(cluster) else 0


def alone(count: int) -> NDArray[np.int64]:
    """The clusters (N,) of documents of which none is a copy."""
    return np.arange(count)


def weights(cluster: NDArray[np.int64], *, draws: int, rng: np.random.Generator) -> NDArray[np.int64]:
    """Weights (draws, N): how often each document is in each of ``draws`` bootstrap samples of clusters.

    >>> drawn = weights(np.array([0, 1, 0]), draws=9, rng=np.random.default_rng(0))
    >>> bool((drawn[:, 0] == drawn[:, 2]).all())
    True

    Raises
    ------
    DataError
        For fewer than two clusters.
    """
    return resamples(distinct(cluster), draws=draws, rng=rng)[:, cluster]


def together(order: NDArray[np.int64], cluster: NDArray[np.int64]) -> NDArray[np.int64]:
    """A random order (N,) of documents as one of clusters: each stands where its first document does, copies beside it.

    >>> together(np.array([1, 2, 0, 3]), np.array([0, 1, 1, 2])).tolist()
    [1, 2, 0, 3]
    >>> together(np.array([2, 0, 1, 3]), np.array([0, 1, 0, 2])).tolist()
    [0, 2, 1, 3]
    """
    place = np.empty(len(order), dtype=np.int64)
    place[order] = np.arange(len(order))
    _, first = np.unique(cluster, return_index=True)
    return np.argsort(place[first][cluster], kind="stable")
