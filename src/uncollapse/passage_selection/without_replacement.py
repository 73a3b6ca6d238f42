"""Weighted sampling without replacement by Gumbel noise (Kool et al. 2019), each row with noise of its own."""

import hashlib

import numpy as np
from numpy.typing import ArrayLike, NDArray

from uncollapse.errors import DataError
from uncollapse.randomness.hashing import uniforms


def row_noise(rows: int, *, seed: int, stage: str) -> NDArray[np.float64]:
    """Gumbel noise of rows 0 to ``rows`` - 1, keyed by (seed, stage, row); more rows change no earlier one's."""
    key = hashlib.sha256(f"{stage} {seed}".encode()).digest()
    return np.random.Generator(np.random.Philox(key=int.from_bytes(key[:16], "little"))).gumbel(size=rows)


def keyed_noise(keys: NDArray[np.int64], *, seed: int, stage: str) -> NDArray[np.float64]:
    """Gumbel noise (N,) of rows with ``keys`` (N,), keyed by (seed, stage, key): the same wherever a row stands.

    >>> first = keyed_noise(np.array([5, 9]), seed=0, stage="example")
    >>> bool((first[::-1] == keyed_noise(np.array([9, 5]), seed=0, stage="example")).all())
    True
    """
    digest = hashlib.sha256(f"{stage} {seed}".encode()).digest()
    drawn = uniforms(int.from_bytes(digest[:8], "little", signed=True), keys)
    return -np.log(-np.log(drawn + 2.0**-54))  # no draw is 0, whose logarithm there is not


def sample_rows(
    log_weights: ArrayLike,
    *,
    size: int,
    seed: int,
    stage: str,
    allowed: ArrayLike | None = None,
    keys: NDArray[np.int64] | None = None,
) -> NDArray[np.int64]:
    """Draw ``size`` different rows, one after the other, each with probability proportional to its weight.

    Parameters
    ----------
    log_weights : (N,), up to a constant; -inf for never.
    seed, stage : key of the noise.
    allowed : (N,) of bool, rows that may be drawn; the others' noise is not used.
    keys : (N,) that the rows' noise goes by in place of their places.

    Returns
    -------
    (size,) row numbers, rising

    Raises
    ------
    DataError
        Where fewer rows than ``size`` may be drawn, or a weight is not a number.

    Examples
    --------
    >>> sample_rows([0.0, 50.0, -np.inf, 50.0], size=2, seed=0, stage="example").tolist()
    [1, 3]
    """
    weights = np.asarray(log_weights, dtype=np.float64)
    possible = np.isfinite(weights) if allowed is None else np.isfinite(weights) & np.asarray(allowed, dtype=bool)
    if np.isnan(weights).any():
        raise DataError(f"{int(np.isnan(weights).sum()):,} of {len(weights):,} log-weights are not numbers")
    if size < 0 or possible.sum() < size:
        raise DataError(f"{size:,} rows asked for, but only {int(possible.sum()):,} of {len(weights):,} can be drawn")
    by_place = keys is None
    noise = row_noise(len(weights), seed=seed, stage=stage) if by_place else keyed_noise(keys, seed=seed, stage=stage)
    order = np.argsort(-np.where(possible, weights + noise, -np.inf), kind="stable")
    return np.sort(order[:size])
