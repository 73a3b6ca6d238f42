"""The breakdown point p_*: how wrong a generator's labels may be before the kept ones turn a student around.

phi = P(keep | label correct) and psi = P(keep | label wrong) describe a verifier, p = P(label wrong) the generator,
all in [0, 1]. All functions work on arrays, broadcast against each other.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from uncollapse.proxy import estimate as proxy


def _rates(phi: ArrayLike, psi: ArrayLike) -> tuple[NDArray, NDArray]:
    kept_correct, kept_wrong = np.asarray(phi, dtype=float), np.asarray(psi, dtype=float)
    for name, value in (("phi", kept_correct), ("psi", kept_wrong)):
        if np.any((value < 0) | (value > 1)):
            raise ValueError(
                f"{name} is a probability: expected values in [0, 1], found {value.min()} to {value.max()}"
            )
    return kept_correct, kept_wrong


def _ratio(numerator: NDArray, denominator: NDArray) -> NDArray:
    """numerator / denominator, NaN where both are zero (a verifier that keeps nothing has no breakdown point)."""
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(numerator / denominator)


def breakdown_point(phi: ArrayLike, psi: ArrayLike) -> NDArray[np.float64]:
    """p_* = 1 / (1 + psi / phi), as phi / (phi + psi) so that phi = 0 is allowed. Feng et al. 2024 (v1), Theorem 3.2.

    Returns
    -------
    0.5 for a verifier that doesn't tell right from wrong, 1 for an oracle; NaN for one that keeps nothing.

    Examples
    --------
    >>> breakdown_point([1, 1, 1], [1, 0.1, 0]).round(3).tolist()
    [0.5, 0.909, 1.0]
    """
    return proxy.breakdown_point(*_rates(phi, psi))


def breakdown_lower(phi: ArrayLike, psi: ArrayLike, *, slack: ArrayLike) -> NDArray[np.float64]:
    """p_*^-(t) = (1 - t) / (1 - t + (1 + t) psi / phi): below it all is learned. Feng et al. 2024 (v1), eq. 19.

    Parameters
    ----------
    slack : the t of the formula, in [0, 1): by which share the counts of kept examples may leave their expectations.

    Examples
    --------
    >>> float(breakdown_lower(1, 1, slack=0.1))
    0.45
    """
    return _shifted(phi, psi, -_slack(slack))


def breakdown_upper(phi: ArrayLike, psi: ArrayLike, *, slack: ArrayLike) -> NDArray[np.float64]:
    """p_*^+(t) = (1 + t) / (1 + t + (1 - t) psi / phi): above it all is learned upside down. Feng et al., eq. 19.

    Parameters are those of `breakdown_lower`.

    >>> float(breakdown_upper(1, 1, slack=0.1))
    0.55
    """
    return _shifted(phi, psi, _slack(slack))


def _shifted(phi: ArrayLike, psi: ArrayLike, t: NDArray) -> NDArray[np.float64]:
    kept_correct, kept_wrong = _rates(phi, psi)
    return _ratio((1 + t) * kept_correct, (1 + t) * kept_correct + (1 - t) * kept_wrong)


def _slack(slack: ArrayLike) -> NDArray:
    t = np.asarray(slack, dtype=float)
    if np.any((t < 0) | (t >= 1)):
        raise ValueError(f"slack must lie in [0, 1), found {t}")
    return t


def implied_slack(error_rate: ArrayLike, phi: ArrayLike, psi: ArrayLike) -> NDArray[np.float64]:
    """The slack t at which p_*^-(t) equals ``error_rate``: `breakdown_lower` solved for t.

    With odds r = p psi / ((1 - p) phi) of wrong to correct among the kept examples, t = (1 - r) / (1 + r), which is
    also 2 (kept precision) - 1. Negative above p_*.

    >>> float(implied_slack(0.45, 1, 1).round(6))
    0.1
    """
    return 2 * kept_precision(error_rate, phi, psi) - 1


def kept_precision(error_rate: ArrayLike, phi: ArrayLike, psi: ArrayLike) -> NDArray[np.float64]:
    """Share of correct labels among the kept ones, (1-p) phi / ((1-p) phi + p psi); above 1/2 exactly when p < p_*.

    Parameters
    ----------
    error_rate : p, the share of wrong labels before selection.

    Examples
    --------
    >>> float(kept_precision(0.5, 1, 0.25))
    0.8
    """
    kept_correct, kept_wrong = _rates(phi, psi)
    p = np.asarray(error_rate, dtype=float)
    if np.any((p < 0) | (p > 1)):
        raise ValueError(f"error_rate is a probability: expected values in [0, 1], found {p}")
    return _ratio((1 - p) * kept_correct, (1 - p) * kept_correct + p * kept_wrong)
