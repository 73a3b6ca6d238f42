"""Expected error of the editing process: as Zhu et al. 2024 state it, and with the term that Theorem 1 drops.

The proof replaces M_1 P e_1 by M_1 e_1 and takes edits to be disjoint. But an edited label's old noise e_1 is only
partly in the fit it is replaced by: P = X X^+ projects. The unexplained rest, M (I - P) r, comes back as error. All
errors are for isotropic features, |w - w*|^2, given X and the masks.
"""

import numpy as np
from numpy.typing import NDArray


def expected_error(design: NDArray, masks: NDArray[np.bool_], *, noise_variance: float) -> NDArray[np.float64]:
    """E |w_i - w*|^2 for i = 1, ..., n + 1, exact: the process is linear in its independent noises.

    The covariance C of r moves by C -> A C A' + sigma^2 M with A = I - M (I - P): edited rows of A are rows of P = X
    X^+, the others of I. The error is tr(X^+ C X^+').

    Parameters
    ----------
    design : (T, d), X of full column rank.
    masks : (n, T), M_1, ..., M_n.
    noise_variance : sigma^2.

    Returns
    -------
    (n + 1,)

    Examples
    --------
    Editing everything each round is full replacement, growing by the same amount each time:

    >>> expected_error(np.eye(4)[:, :2], np.ones((2, 4), bool), noise_variance=1.0).tolist()
    [2.0, 4.0, 6.0]
    """
    inverse = np.linalg.pinv(design)
    covariance = np.eye(len(design))
    errors = []
    for mask in [*masks, None]:
        fitted = inverse @ covariance
        errors.append(np.sum(fitted * inverse))
        if mask is not None:
            edited = np.flatnonzero(mask)
            covariance[edited] = design[edited] @ fitted
            covariance[:, edited] = covariance @ inverse.T @ design[edited].T
            covariance[edited, edited] += 1
    return noise_variance * np.array(errors)


def theorem_error(design: NDArray, masks: NDArray[np.bool_], *, noise_variance: float) -> NDArray[np.float64]:
    """Error by Theorem 1 (eq. 39), for comparison only: sigma^2 tr (X'X)^-1 + sigma^2 sum_i tr(X^+ M_i X^+').

    Parameters and result are those of `expected_error`.

    >>> theorem_error(np.eye(4)[:, :2], np.ones((2, 4), bool), noise_variance=1.0).tolist()
    [2.0, 4.0, 6.0]
    """
    influence = np.sum(np.linalg.pinv(design) ** 2, axis=0)
    return noise_variance * (influence.sum() + np.concatenate([[0.0], np.cumsum(masks @ influence)]))


def dropped_term(design: NDArray, mask: NDArray[np.bool_], *, noise_variance: float) -> float:
    """sigma^2 tr(X^+ M (I - P) M X^+'): what one edit adds beyond Theorem 1.

    Parameters
    ----------
    design : (T, d)
    mask : (T,)

    Examples
    --------
    Two labels of the same quantity, one of them edited: the second label's noise no longer cancels the first's.

    >>> round(dropped_term(np.ones((2, 1)), np.array([True, False]), noise_variance=1.0), 6)
    0.125
    """
    edited = np.linalg.pinv(design) * mask
    return float(noise_variance * (np.sum(edited**2) - np.sum((edited @ design) * (edited @ np.linalg.pinv(design).T))))


def geometric_bound(*, dimension: int, n_points: int, noise_variance: float, first_edits: float, eta: float) -> float:
    """Eq. 7: sigma^2 d/(T-d-1) + sigma^2 sqrt(E tr (X'X)^-2) sqrt(E tr M_1) / (1 - eta).

    For Gaussian rows E tr (X'X)^-2 = d (T-1) / ((T-d) (T-d-1) (T-d-3)).

    Parameters
    ----------
    dimension, n_points : d and T > d + 3.
    first_edits : tr M_1, labels edited in the first round.
    eta : in (0, 1).

    Examples
    --------
    >>> round(geometric_bound(dimension=20, n_points=200, noise_variance=1.0, first_edits=0.0, eta=0.5), 6)
    0.111732
    """
    if n_points <= dimension + 3:
        raise ValueError(f"E tr (X'X)^-2 is finite for T > d + 3 = {dimension + 3} only, found {n_points}")
    free = n_points - dimension
    second = dimension * (n_points - 1) / (free * (free - 1) * (free - 3))
    return float(noise_variance * (dimension / (free - 1) + np.sqrt(second * first_edits) / (1 - eta)))


def frozen_limit(design: NDArray, mask: NDArray[np.bool_], *, noise_variance: float) -> float:
    """Error after infinitely many edits of the same labels M.

    With K = P_MM: the limit of w is the least-squares fit of the labels never edited, plus the echo of the latest
    noises, delta -> (X_U' X_U)^-1 X_U' e_U + sum_k G^k X^+ M e, G = (X'X)^-1 X_M' X_M.

    Parameters
    ----------
    design : (T, d)
    mask : (T,), the editable labels; the others must determine w on their own.

    Examples
    --------
    >>> x = np.ones((4, 1))
    >>> round(frozen_limit(x, np.array([True, False, False, False]), noise_variance=1.0), 6)
    0.4
    """
    untouched, edited = design[~mask], design[mask]
    moment = np.linalg.inv(design.T @ design)
    anchor = np.trace(np.linalg.inv(untouched.T @ untouched))
    echo = moment @ (edited.T @ edited)
    start = echo @ moment
    # sum_k G^k C G'^k with C = G (X'X)^-1, solved as a linear system for its vectorised sum.
    size = len(echo)
    summed = np.linalg.solve(np.eye(size**2) - np.kron(echo, echo), start.ravel()).reshape(size, size)
    return float(noise_variance * (anchor + np.trace(summed)))


def frozen_limit_ratio(share: NDArray | float) -> NDArray[np.float64]:
    """`frozen_limit` over the first round's error for T much larger than d: (1 + 2m) / (1 - m^2) at a share m.

    It passes 2, the bound of eq. 6, at m = (sqrt(3) - 1) / 2 = 0.366: even a frozen set must not be too large.

    >>> frozen_limit_ratio([0.0, (3**0.5 - 1) / 2]).round(6).tolist()
    [1.0, 2.0]
    """
    m = np.asarray(share, dtype=float)
    return (1 + 2 * m) / (1 - m**2)


def fresh_growth_ratio(share: NDArray | float) -> NDArray[np.float64]:
    """The error that each edit of a fresh random share m of the labels adds, over the first round's, for T >> d.

    m from the new noise (Theorem 1) and m (1 - m) from the dropped term: m (2 - m) every round, without end.

    >>> fresh_growth_ratio([0.1, 1.0]).round(6).tolist()
    [0.19, 1.0]
    """
    m = np.asarray(share, dtype=float)
    return m * (2 - m)
