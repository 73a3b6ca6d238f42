"""Well-mixed hashes of rows of integers: draws that depend on what a row is, not on where it is computed."""

import numpy as np
from numpy.typing import NDArray


def hash_rows(rows: NDArray[np.integer]) -> NDArray[np.uint64]:
    """A 64-bit hash of each row of (N, S) integers: the finalizer of SplitMix64, column after column."""
    state = np.full(len(rows), 0x9E3779B97F4A7C15, dtype=np.uint64)
    with np.errstate(over="ignore"):
        for column in np.asarray(rows).T:
            state = state + column.astype(np.uint64) + np.uint64(0x9E3779B97F4A7C15)
            state = (state ^ (state >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
            state = (state ^ (state >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
            state ^= state >> np.uint64(31)
    return state


def uniforms(seed: int, *keys: NDArray[np.integer]) -> NDArray[np.float64]:
    """One draw from U[0, 1) for each combination of the seed with the keys (N,), the same wherever it is asked for.

    >>> ids = np.arange(4)
    >>> bool((uniforms(7, ids)[2:] == uniforms(7, ids[2:])).all())
    True
    """
    rows = np.stack([np.full(len(keys[0]), seed, dtype=np.int64), *(key.astype(np.int64) for key in keys)], axis=1)
    return (hash_rows(rows) >> np.uint64(11)).astype(np.float64) * 2.0**-53
