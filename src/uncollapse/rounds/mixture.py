"""Weights of what a round's models are trained on (Lee et al. 2025, appendix)."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray


def weights(start: int, rounds: Sequence[int]) -> list[float]:
    """Shares of the initial data and of the labels of each round, the newest last.

    Half is the newest labels; the other half is shared by the initial data and all earlier rounds, by how many
    difficulties each of them has.

    >>> weights(8, [1, 1, 1])
    [0.4, 0.05, 0.05, 0.5]
    >>> weights(8, [])
    [1.0]
    """
    older = [start, *rounds[:-1]]
    if not rounds:
        return [1.0]
    return [0.5 * part / sum(older) for part in older] + [0.5]


def drawn(
    sizes: Sequence[int], shares: Sequence[float], *, total: int, seed: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """``total`` examples of several sources, in no order that tells anything: their sources, and rows within these.

    Every source has its share to the nearest example; within a source, one comes up again only after all others.

    Parameters
    ----------
    sizes, shares : examples of each source, and its share of the draws; shares sum to 1.

    >>> source, row = drawn([2, 1], [0.5, 0.5], total=4, seed=0)
    >>> sorted(zip(source.tolist(), row.tolist()))
    [(0, 0), (0, 1), (1, 0), (1, 0)]
    """
    ends = np.rint(np.cumsum(shares) / np.sum(shares) * total).astype(np.int64)
    sources, rows = [], []
    for number, (size, count) in enumerate(zip(sizes, np.diff(ends, prepend=0), strict=True)):
        epochs = -(-count // size)
        order = [np.random.default_rng([seed, number, epoch]).permutation(size) for epoch in range(epochs)]
        sources.append(np.full(count, number))
        rows.append(np.concatenate([*order, np.empty(0, dtype=np.int64)])[:count].astype(np.int64))
    return np.concatenate(sources), np.concatenate(rows)
