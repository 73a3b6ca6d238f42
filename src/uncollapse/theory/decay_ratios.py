"""Whether a number of positions falls geometrically: Table 9 and the eta of Theorem 2 of Zhu et al. 2024."""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import chdtrc, ndtri


class DecayRatios(NamedTuple):
    """Ratios of successive counts, their intervals, and the p-value of all ratios being equal (a geometric fall)."""

    ratios: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    p_value: float


def decay_ratios(counts: ArrayLike, *, confidence: float = 0.95) -> DecayRatios:
    """Ratios of successive numbers of edited positions, alike where they fall geometrically: Zhu et al. 2024, Table 9.

    Each surviving position is taken as an independent Bernoulli trial, so a ratio r from a count c has variance r
    (1-r) / c: a lower bound on the real one, since positions of a text are not independent. In the norm of eq. 7, eta
    = sqrt(r).

    Parameters
    ----------
    counts : (G,), positions above the threshold in G >= 3 successive generations, falling and above zero.

    Examples
    --------
    >>> decay_ratios([1000, 500, 250]).ratios.tolist()
    [0.5, 0.5]
    """
    count = np.asarray(counts, dtype=float)
    if len(count) < 3 or np.any(np.diff(count) >= 0) or count[-1] <= 0:
        raise ValueError(f"expected at least three falling positive counts, found {count.tolist()}")
    ratios = count[1:] / count[:-1]
    variance = ratios * (1 - ratios) / count[:-1]
    half = ndtri((1 + confidence) / 2) * np.sqrt(variance)
    common = np.sum(ratios / variance) / np.sum(1 / variance)
    p_value = float(chdtrc(len(ratios) - 1, np.sum((ratios - common) ** 2 / variance)))
    return DecayRatios(ratios, ratios - half, ratios + half, p_value)
