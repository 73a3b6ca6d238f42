"""Ridge-regularised logistic regression, fitted for many label and selection masks on the same features at once."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import cho_factor, cho_solve

from uncollapse.theory.lbfgs import minimise_batch

#: Rows per matrix product: a block of features and the margins of all problems stay in the cache.
_BLOCK_BYTES = 2**21


def loss_gradient(features: NDArray, signs: NDArray, weights: NDArray, *, total: NDArray | float) -> NDArray:
    """Gradient of the summed cross-entropy of the kept examples, divided by ``total``.

    For a sign s in {-1, 0, +1} (label 0, dropped, label 1) and a margin z, the derivative of the loss in z is
    q (sigma(z) - y') = s (tanh(s z / 2) - 1) / 2: one array carries both the label and the selection, and tanh is the
    cheapest form of the sigmoid.

    Parameters
    ----------
    features : (n, d)
    signs : (n, S), +1 or -1 for a kept example with label 1 or 0, 0 for a dropped one.
    weights : (d, S)
    total : (S,) or float, number of examples that the sum is divided by.

    Returns
    -------
    (d, S)

    Examples
    --------
    >>> loss_gradient(np.array([[2.0]]), np.array([[1.0]]), np.array([[0.0]]), total=1.0).tolist()
    [[-1.0]]
    """
    n_rows, n_features = features.shape
    n_problems = weights.shape[1]
    half = (weights * 0.5).astype(features.dtype)
    rows = min(n_rows, max(64, _BLOCK_BYTES // (features.itemsize * (n_features + n_problems))))
    residual = np.empty((rows, n_problems), dtype=features.dtype)
    gradient = np.zeros((n_features, n_problems))
    for begin in range(0, n_rows, rows):
        block, sign = features[begin : begin + rows], signs[begin : begin + rows]
        part = residual[: len(block)]
        np.matmul(block, half, out=part)
        part *= sign
        np.tanh(part, out=part)
        part -= 1
        part *= sign
        gradient += block.T @ part
    return gradient * (0.5 / np.asarray(total))


def fit_ridge_logistic(
    features: NDArray,
    signs: NDArray,
    *,
    penalty: float | NDArray,
    total: float | NDArray | None = None,
    start: NDArray | None = None,
    tolerance: float = 1e-4,
    second_moment: NDArray | None = None,
    curvature_rows: int | None = None,
) -> NDArray:
    """Minimise (1/N) sum_i q_i l(sigma(x_i . w), y'_i) + (lambda/2) |w|^2 for S pairs of labels and masks.

    Feng et al. 2024 (v1), eq. 1; there is no intercept, and N counts all examples, dropped ones too.

    Parameters
    ----------
    features : (N, d), shared by all problems. float32 is enough for tolerances down to about 1e-6.
    signs : (N, S), +1 or -1 for a kept example with label 1 or 0, 0 for a dropped one.
    penalty : float or (S,), lambda > 0.
    total : float or (S,), optional, the N of the formula; by default the number of rows.
    start : (d, S), optional, first guess; zero by default.
    tolerance : a fit is done when its gradient has fallen to this share of the gradient at w = 0.
    second_moment : (d, d), optional, E[x x'] where the distribution of x is known: saves a pass over the features.
        Speed only, like the next.
    curvature_rows : take the curvature of each fit from its own Hessian at ``start`` on the first so many rows, instead
        of the one that all would share at w = 0. Worth it for long training sets with a good start.

    Returns
    -------
    (d, S), float64

    Raises
    ------
    NotConverged
        When a fit does not reach the tolerance.

    Examples
    --------
    >>> w = fit_ridge_logistic(np.array([[1.0], [-1.0]]), np.array([[1.0], [-1.0]]), penalty=0.5)
    >>> bool(abs(0.5 * w[0, 0] - 1 / (1 + np.exp(w[0, 0]))) < 1e-5)
    True
    """
    features = np.asarray(features)
    signs = np.asarray(signs)
    if features.ndim != 2 or signs.ndim != 2 or len(features) != len(signs):
        raise ValueError(f"expected features (N, d) and signs (N, S), found {features.shape} and {signs.shape}")
    n_rows, n_features = features.shape
    n_problems = signs.shape[1]
    ridge = np.broadcast_to(np.asarray(penalty, dtype=float), (n_problems,))
    if not np.all(ridge > 0):
        raise ValueError("penalty must be positive: without it the fit of separable examples does not exist")
    totals = np.broadcast_to(np.asarray(n_rows if total is None else total, dtype=float), (n_problems,))
    packed = (np.arange(n_problems), signs)

    def gradient(weights: NDArray, columns: NDArray[np.intp]) -> NDArray:
        nonlocal packed
        if len(packed[0]) != len(columns):
            packed = (columns, np.ascontiguousarray(signs[:, columns]))
        return loss_gradient(features, packed[1], weights, total=totals[columns]) + ridge[columns] * weights

    zero = np.zeros((n_features, n_problems))
    at_zero = gradient(zero, np.arange(n_problems))
    kept = np.abs(signs).sum(axis=0, dtype=float) / totals
    moment = (features.T @ features) / n_rows if second_moment is None else second_moment
    values, vectors = np.linalg.eigh(np.asarray(moment, dtype=float))

    def inverse_hessian(directions: NDArray, columns: NDArray[np.intp]) -> NDArray:
        """Inverse Hessian of the problem whose kept examples look like all of them and whose margins are zero."""
        curvature = 0.25 * np.maximum(values, 0.0)[:, None] * kept[columns] + ridge[columns]
        return vectors @ ((vectors.T @ directions) / curvature)

    if start is not None and curvature_rows is not None:
        inverse_hessian = _own_curvature(features[:curvature_rows], signs[:curvature_rows], start, kept, ridge)
    return minimise_batch(
        gradient,
        zero if start is None else start,
        inverse_hessian=inverse_hessian,
        goal=tolerance * np.linalg.norm(at_zero, axis=0),
        start_gradient=at_zero if start is None else None,
    )


def _own_curvature(
    features: NDArray, signs: NDArray, weights: NDArray, kept: NDArray, ridge: NDArray
) -> Callable[[NDArray, NDArray[np.intp]], NDArray]:
    """Inverse Hessian of each problem at its own weights, from some of its rows."""
    slopes = 0.25 * (1 - np.tanh(features @ (0.5 * weights).astype(features.dtype)) ** 2) * (signs != 0)
    scale = kept / np.maximum(np.count_nonzero(signs, axis=0), 1)
    factors = []
    for problem in range(signs.shape[1]):
        hessian = (features * slopes[:, problem, None]).T @ features * scale[problem]
        factors.append(cho_factor(hessian.astype(float) + ridge[problem] * np.eye(features.shape[1])))

    def inverse_hessian(directions: NDArray, columns: NDArray[np.intp]) -> NDArray:
        solved = [cho_solve(factors[column], directions[:, place]) for place, column in enumerate(columns)]
        return np.stack(solved, axis=1)

    return inverse_hessian
