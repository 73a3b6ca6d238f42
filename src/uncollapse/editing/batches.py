"""Batches of similar length."""

from collections.abc import Iterator, Sequence

import numpy as np


def batches(lengths: Sequence[int], *, batch_tokens: int) -> Iterator[list[int]]:
    """Indices of each batch, the longest first; a batch holds at most ``batch_tokens``, padding included, or one row.

    >>> list(batches([3, 9, 4, 8], batch_tokens=18))
    [[1, 3], [2, 0]]
    """
    batch: list[int] = []
    width = 0
    for index in np.argsort(-np.asarray(lengths, dtype=np.int64), kind="stable").tolist():
        if batch and width * (len(batch) + 1) > batch_tokens:
            yield batch
            batch = []
        width = width if batch else lengths[index]
        batch.append(index)
    if batch:
        yield batch
