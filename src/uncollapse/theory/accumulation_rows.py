"""Replace, accumulate and accumulate-subsample from the rows themselves.

For what has no sufficient statistics: subsamples of accumulated rows (the fixed budget of the follow-up to
Gerstgrasser et al. 2024), and rounds with fewer rows than dimensions (minimum-norm fits). Also the slow reference of
`accumulation`.
"""

from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

#: The use that a round makes of the data before it: fit the new rows alone; all rows so far; or as many of them as one
#: round has, drawn at random.
Policy = Literal["replace", "accumulate", "accumulate-subsample"]


def simulate_rows(
    policy: Policy,
    *,
    dimension: int,
    n_points: int,
    noise_variances: ArrayLike,
    rounds: int,
    same_design: bool,
    trials: int,
    rng: np.random.Generator,
) -> NDArray[np.float64]:
    """Squared distance |w_n - w*|^2 of minimum-norm least-squares fits over rounds of self-labelling.

    In round n, T rows are labelled by w_(n-1) plus noise (w_0 = w*). "replace" fits those rows; "accumulate" all rows
    so far; "accumulate-subsample" T of the n T rows so far, drawn without replacement, with the labels they were
    given.

    Parameters
    ----------
    dimension, n_points : d and T.
    noise_variances : (V,), sigma^2; they share the rows, not the noise.
    same_design : every round labels the same rows.

    Returns
    -------
    (trials, V, rounds) : with w* of unit norm in each of V problems, which matters only where the fit is not unique.

    Examples
    --------
    >>> simulate_rows("accumulate-subsample", dimension=2, n_points=9, noise_variances=[1.0], rounds=3,
    ...               same_design=False, trials=4, rng=np.random.default_rng(0)).shape
    (4, 1, 3)
    """
    sigma = np.sqrt(np.asarray(noise_variances, dtype=float))
    errors = np.empty((trials, len(sigma), rounds))
    for trial, stream in enumerate(rng.spawn(trials)):
        truth = np.zeros((dimension, len(sigma)))
        truth[0] = 1.0
        weights = truth
        rows = np.empty((rounds * n_points, dimension))
        labels = np.empty((rounds * n_points, len(sigma)))
        moment, response = np.zeros((dimension, dimension)), np.zeros((dimension, len(sigma)))
        for n in range(rounds):
            new = slice(n * n_points, (n + 1) * n_points)
            if same_design and n > 0:
                rows[new] = rows[:n_points]
            else:
                rows[new] = stream.standard_normal((n_points, dimension))
            labels[new] = rows[new] @ weights + sigma * stream.standard_normal((n_points, len(sigma)))
            if policy == "accumulate":
                moment += rows[new].T @ rows[new]
                response += rows[new].T @ labels[new]
                weights = minimum_norm(moment, response, (n + 1) * n_points)
            else:
                used: slice | NDArray[np.intp] = new
                if policy == "accumulate-subsample":
                    used = stream.choice(new.stop, size=n_points, replace=False, shuffle=False)
                weights = minimum_norm(rows[used].T @ rows[used], rows[used].T @ labels[used], n_points)
            errors[trial, :, n] = np.sum((weights - truth) ** 2, axis=0)
    return errors


def minimum_norm(moment: NDArray, response: NDArray, n_rows: int) -> NDArray[np.float64]:
    """Solve X'X w = X'y; the solution of least norm when X has fewer rows than columns, or repeats some.

    Parameters
    ----------
    moment : (d, d), X'X.
    response : (d, V), X'y.
    n_rows : rows of X, which bound its rank.

    Examples
    --------
    >>> minimum_norm(np.diag([2.0, 0.0]), np.array([[2.0], [0.0]]), 1).ravel().tolist()
    [1.0, 0.0]
    """
    if n_rows >= len(moment) + 2:
        try:
            return np.linalg.solve(moment, response)
        except np.linalg.LinAlgError:
            pass
    values, vectors = np.linalg.eigh(moment)
    inverse = np.where(values > 1e-10 * max(values.max(), 1e-300), 1.0 / np.where(values > 0, values, 1.0), 0.0)
    return vectors @ (inverse[:, None] * (vectors.T @ response))
