"""Order of a run's examples: shuffled epochs, with examples of similar length side by side, fixed before training."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

_WINDOW = 32  # batches among which examples are sorted by length; more would show in what a batch is made of


def training_order(lengths: Sequence[int], *, total: int, batch_size: int, seed: int) -> NDArray[np.int64]:
    """Row numbers (total,) of all examples of a run, batch after batch.

    Each epoch is a permutation of its own, keyed by (seed, epoch). Within windows of batches rows are sorted by length
    and cut into batches, whose order is then shuffled again.

    >>> training_order([5, 5, 5], total=6, batch_size=2, seed=0).tolist().count(1)
    2
    """
    rows = len(lengths)
    epochs = -(-total // rows)
    order = np.concatenate([np.random.default_rng([seed, 0, epoch]).permutation(rows) for epoch in range(epochs)])
    order = order[:total]
    size = np.asarray(lengths)
    for number, first in enumerate(range(0, total, _WINDOW * batch_size)):
        window = order[first : first + _WINDOW * batch_size]
        window = window[np.argsort(size[window], kind="stable")]
        # the one batch that is not full stays last, so that no other is split
        batches = [window[at : at + batch_size] for at in range(0, len(window), batch_size)]
        full = len(batches) - (len(batches[-1]) < batch_size)
        shuffled = np.random.default_rng([seed, 1, number]).permutation(full).tolist()
        places = [*shuffled, *range(full, len(batches))]
        order[first : first + len(window)] = np.concatenate([batches[place] for place in places])
    return order
