"""The distribution function of two correlated standard normal variables, for whole arrays of arguments."""

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtr, owens_t

#: Correlations closer to +-1 than this are taken as exactly +-1: beyond it the formula loses digits.
_DEGENERATE = 1e-14


def bivariate_normal_cdf(first: ArrayLike, second: ArrayLike, correlation: ArrayLike) -> NDArray[np.float64]:
    """P(X <= first, Y <= second) for standard normal X and Y: the Phi_2 of Feng et al. 2024 (v1), App. D.6.

    By Owen's function, T(h, a) = (1 / 2 pi) int_0^a exp(-h^2 (1 + x^2) / 2) / (1 + x^2) dx (Owen 1956):
    Phi_2(h, k; r) = (Phi(h) + Phi(k)) / 2 - T(h, (k - r h) / (h q)) - T(k, (h - r k) / (k q)) - [h k < 0 or
    (h k = 0 and h + k < 0)] / 2, q = sqrt(1 - r^2).

    Parameters
    ----------
    first, second, correlation : broadcast against each other; correlations in [-1, 1].

    Examples
    --------
    >>> float(bivariate_normal_cdf(0.0, 0.0, 0.5).round(6))
    0.333333
    """
    h, k, r = np.broadcast_arrays(*(np.asarray(value, dtype=float) for value in (first, second, correlation)))
    if np.any(np.abs(r) > 1):
        raise ValueError("correlation must lie in [-1, 1]")
    straight = 1 - np.abs(r) < _DEGENERATE
    q = np.sqrt(np.where(straight, 1.0, 1 - r**2))
    opposite = ((h * k < 0) | ((h * k == 0) & (h + k < 0))).astype(float)
    # At h = 0 the slope (k - r h) / (h q) is infinite with the sign of k; h = k = 0 is the arcsine law.
    general = 0.5 * (ndtr(h) + ndtr(k)) - _owen(h, k, r, q) - _owen(k, h, r, q) - 0.5 * opposite
    origin = 0.25 + np.arcsin(np.clip(r, -1, 1)) / (2 * np.pi)
    general = np.where((h == 0) & (k == 0), origin, general)
    same, mirrored = ndtr(np.minimum(h, k)), np.maximum(ndtr(h) + ndtr(k) - 1, 0.0)
    return np.clip(np.where(straight, np.where(r > 0, same, mirrored), general), 0.0, 1.0)


def _owen(h: NDArray, k: NDArray, r: NDArray, q: NDArray) -> NDArray:
    with np.errstate(divide="ignore", invalid="ignore"):
        slope = (k - r * h) / (h * q)
    return owens_t(h, np.where(h == 0, np.copysign(np.inf, k), slope))
