"""Well-mixed hashes of rows of integers: draws that depend on what a row is, not on where it is computed.

The mixing is that of SplitMix64 (Steele et al. 2014); :mod:`uncollapse.randomness.noise` has it for torch.
"""

import numpy as np
from numpy.typing import NDArray

# SplitMix64: the step from one state to the next, and the two multipliers of its finalizer
STEP, FIRST, SECOND = 0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB


def hash_rows(rows: NDArray[np.integer]) -> NDArray[np.uint64]:
    """A 64-bit hash of each row of (N, S) integers: the finalizer of SplitMix64, column after column."""
    state = np.full(len(rows), STEP, dtype=np.uint64)
    with np.errstate(over="ignore"):
        for column in np.asarray(rows).T:
            state = state + column.astype(np.uint64) + np.uint64(STEP)
            state = (state ^ (state >> np.uint64(30))) * np.uint64(FIRST)
            state = (state ^ (state >> np.uint64(27))) * np.uint64(SECOND)
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
