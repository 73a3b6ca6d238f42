"""Weighted sampling without replacement by Gumbel noise (Kool et al. 2019), each row with noise of its own."""

import hashlib

import numpy as np
from numpy.typing import ArrayLike, NDArray

from uncollapse.errors import DataError


def row_noise(rows: int, *, seed: int, stage: str) -> NDArray[np.float64]:
    """Gumbel noise of rows 0 to ``rows`` - 1, keyed by (seed, stage, row); more rows change no earlier one's."""
    key = hashlib.sha256(f"{stage} {seed}".encode()).digest()
    return np.random.Generator(np.random.Philox(key=int.from_bytes(key[:16], "little"))).gumbel(size=rows)


def sample_rows(
    log_weights: ArrayLike,
    *,
    size: int,
    seed: int,
    stage: str,
    allowed: ArrayLike | None = None,
) -> NDArray[np.int64]:
    """Draw ``size`` different rows, one after the other, each with probability proportional to its weight.

    Parameters
    ----------
    log_weights : (N,), up to a constant; -inf for never.
    seed, stage : key of the noise.
    allowed : (N,) of bool, rows that may be drawn; the others' noise is not used.

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
    keys = np.where(possible, weights + row_noise(len(weights), seed=seed, stage=stage), -np.inf)
    return np.sort(np.argsort(-keys, kind="stable")[:size])
