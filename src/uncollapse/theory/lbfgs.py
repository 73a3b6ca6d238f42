"""L-BFGS on many smooth convex problems of the same size at once.

The problems share nothing but their dimension. What makes the batch worth it is the caller's gradient: when all
problems see the same features, their gradients are two matrix products instead of 2 S matrix-vector products.
"""

from collections import deque
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

#: Maps the columns of a (d, k) array, which belong to the k problems of the second argument, to a (d, k) array.
ByColumn = Callable[[NDArray, NDArray[np.intp]], NDArray]

#: Share of problems still open below which the solved ones are taken out of the matrix products.
_REPACK_BELOW = 0.7
#: A step is accepted when the slope along it has fallen to this share of where it started (strong Wolfe condition).
_SLOPE_SHARE = 0.9
_MAX_LINE_SEARCH = 12


class NotConverged(RuntimeError):
    """The error that some problems of the batch did not reach the tolerance."""


def _dots(left: NDArray, right: NDArray) -> NDArray:
    return np.einsum("ds,ds->s", left, right)


def _reciprocal(values: NDArray) -> NDArray:
    """1 / values where that is positive and finite, 0 elsewhere: a pair without curvature then has no say."""
    return np.divide(1.0, values, out=np.zeros_like(values), where=values > 0)


def _direction(
    gradient: NDArray, pairs: deque[tuple[NDArray, NDArray]], columns: NDArray[np.intp], inverse_hessian: ByColumn
) -> NDArray:
    """Two-loop recursion (Nocedal and Wright, algorithm 7.4), every column with its own pairs."""
    direction = -gradient
    scale, taken = np.ones(gradient.shape[1]), []
    for step, change in reversed(pairs):
        step, change = step[:, columns], change[:, columns]
        curvature = _dots(step, change)
        inverse = _reciprocal(curvature)
        weight = inverse * _dots(step, direction)
        direction -= weight * change
        if not taken:
            norm = _dots(change, inverse_hessian(change, columns))
            scale = np.where((curvature > 0) & (norm > 0), curvature * _reciprocal(norm), 1.0)
        taken.append((step, change, inverse, weight))
    direction = inverse_hessian(direction, columns) * scale
    for step, change, inverse, weight in reversed(taken):
        direction += (weight - inverse * _dots(change, direction)) * step
    return direction


def minimise_batch(
    gradient: ByColumn,
    start: NDArray,
    *,
    inverse_hessian: ByColumn,
    goal: NDArray,
    start_gradient: NDArray | None = None,
    memory: int = 8,
    max_evaluations: int = 1000,
) -> NDArray:
    """Minima (d, S) of S convex functions of d variables, given their gradients.

    Parameters
    ----------
    gradient : ``gradient(weights, columns)`` returns the gradients (d, k) of the k problems ``columns`` at ``weights``
        (d, k).
    start : (d, S), first guess.
    inverse_hessian : ``inverse_hessian(vectors, columns)`` multiplies each vector (d, k) by a positive definite guess
        of the inverse Hessian of its problem. The solution does not depend on it, the number of steps does.
    goal : (S,), a problem is solved when the Euclidean norm of its gradient is at most this.
    start_gradient : (d, S), optional, the gradient at ``start``, where it is known already.
    memory : steps remembered.
    max_evaluations : gradients allowed.

    Raises
    ------
    NotConverged
        When a problem is still open after ``max_evaluations`` gradients.

    Examples
    --------
    Two parabolas, with minima at 1 and 3:

    >>> targets = np.array([[1.0, 3.0]])
    >>> minimise_batch(lambda w, c: w - targets[:, c], np.zeros((1, 2)), inverse_hessian=lambda v, c: v,
    ...                goal=np.full(2, 1e-9)).tolist()
    [[1.0, 3.0]]
    """
    weights = np.array(start, dtype=float)
    n_problems = weights.shape[1]
    goal = np.broadcast_to(np.asarray(goal, dtype=float), (n_problems,))
    columns = np.arange(n_problems)
    pairs: deque[tuple[NDArray, NDArray]] = deque(maxlen=memory)
    current = gradient(weights, columns) if start_gradient is None else start_gradient
    norms = np.sqrt(_dots(current, current))
    evaluations = 1
    while (norms[columns] > goal[columns]).any():
        open_ = norms[columns] > goal[columns]
        if evaluations >= max_evaluations:
            worst = float(np.max(norms[columns][open_] / np.maximum(goal[columns][open_], np.finfo(float).tiny)))
            raise NotConverged(
                f"{int(open_.sum())} of {n_problems} problems are still open after {evaluations} gradients; the worst "
                f"gradient is {worst:.3g} times its goal. Raise the penalty, the tolerance or max_evaluations."
            )
        if open_.mean() < _REPACK_BELOW:
            columns, current, open_ = columns[open_], current[:, open_], open_[open_]
        direction = _direction(current, pairs, columns, inverse_hessian)
        direction[:, ~open_] = 0
        downhill = _dots(direction, current)
        length, new, used = _line_search(gradient, weights, columns, direction, downhill)
        evaluations += used
        step = np.zeros_like(weights)
        change = np.zeros_like(weights)
        step[:, columns] = direction * length
        change[:, columns] = new - current
        weights += step
        pairs.append((step, change))
        current = new
        norms[columns] = np.sqrt(_dots(current, current))
    return weights


def _line_search(
    gradient: ByColumn, weights: NDArray, columns: NDArray[np.intp], direction: NDArray, downhill: NDArray
) -> tuple[NDArray, NDArray, int]:
    """Step lengths at which every slope has become smaller in size, by regula falsi on the rising slopes."""
    length = np.ones_like(downhill)
    low, low_slope = np.zeros_like(length), downhill.copy()
    high, high_slope = np.full_like(length, np.inf), np.full_like(length, np.inf)
    used = 0
    while True:
        used += 1
        new = gradient(weights[:, columns] + direction * length, columns)
        along = _dots(new, direction)
        fails = np.abs(along) > _SLOPE_SHARE * np.abs(downhill)
        if not fails.any() or used == _MAX_LINE_SEARCH:
            return length, new, used
        above, below = fails & (along > 0), fails & (along <= 0)
        high[above], high_slope[above] = length[above], along[above]
        low[below], low_slope[below] = length[below], along[below]
        with np.errstate(invalid="ignore", divide="ignore"):
            between = low - low_slope * (high - low) / (high_slope - low_slope)
            grown = length * np.clip(downhill / (downhill - along), 2.0, 10.0)
        length = np.where(fails, np.where(np.isfinite(high), between, grown), length)
