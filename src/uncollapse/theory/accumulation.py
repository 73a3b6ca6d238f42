"""Replace or accumulate: least squares on its own labels with isotropic features (Gerstgrasser et al. 2024).

Simulated by sufficient statistics, exactly: a round's d x d moment matrix and its noise vector, never its T rows. The
third setting, a random subsample of the accumulated rows, needs the rows (`accumulation_rows`).
"""

from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from uncollapse.theory.regression_closed_form import one_fit_error
from uncollapse.theory.wishart import wishart_factor


def replace_error(*, rounds: ArrayLike, dimension: int, n_points: int, noise_variance: float) -> NDArray[np.float64]:
    """n sigma^2 d / (T - d - 1): every round labels all data anew. Gerstgrasser et al. 2024, Theorem 1; exact.

    >>> replace_error(rounds=[1, 2], dimension=3, n_points=10, noise_variance=2.0).tolist()
    [1.0, 2.0]
    """
    return np.asarray(rounds) * one_fit_error(noise_variance=noise_variance, dimension=dimension, n_points=n_points)


def accumulate_error(
    *, rounds: ArrayLike, dimension: int, n_points: int, noise_variance: float, same_design: bool
) -> NDArray[np.float64]:
    """Every round adds T rows to all earlier ones; exact for both kinds of rows.

    Same rows each round: w_n = w_(n-1) + X^+ e_n / n, so the error is sigma^2 d / (T-d-1) sum_{i<=n} 1/i^2.
    Fresh rows: w_n = w_(n-1) + (W_1 + ... + W_n)^-1 X_n' e_n with W_i = X_i' X_i, and by exchangeability of the W_i the
    i-th term has expectation sigma^2 / i tr E (W_1 + ... + W_i)^-1: sigma^2 sum_{i<=n} d / (i (i T - d - 1)).

    Parameters
    ----------
    rounds : n >= 1.
    dimension, n_points : d and T >= d + 2.
    noise_variance : sigma^2.

    Examples
    --------
    >>> accumulate_error(rounds=[1, 2], dimension=3, n_points=10, noise_variance=2.0, same_design=True).tolist()
    [1.0, 1.25]
    """
    n = np.asarray(rounds, dtype=int)
    i = np.arange(1, int(n.max()) + 1)
    if same_design:
        added = one_fit_error(noise_variance=noise_variance, dimension=dimension, n_points=n_points) / i**2
    else:
        added = one_fit_error(noise_variance=noise_variance, dimension=dimension, n_points=i * n_points) / i
    return np.cumsum(added)[n - 1]


def accumulate_bound(*, dimension: int, n_points: int, noise_variance: float) -> float:
    """(pi^2 / 6) sigma^2 d / (T - d - 1), never exceeded however many rounds. Gerstgrasser et al. 2024, Theorem 2.

    >>> round(accumulate_bound(dimension=3, n_points=10, noise_variance=2.0), 3)
    1.645
    """
    first = one_fit_error(noise_variance=noise_variance, dimension=dimension, n_points=n_points)
    return float(np.pi**2 / 6 * first)


def simulate_statistics(
    policy: Literal["replace", "accumulate"],
    *,
    dimension: int,
    n_points: int,
    noise_variances: ArrayLike,
    rounds: int,
    same_design: bool,
    trials: int,
    rng: np.random.Generator,
) -> NDArray[np.float64]:
    """Squared distance |w_n - w*|^2 when every round replaces the labels, or adds its rows to all earlier ones.

    Replace, fresh rows: the step X^+ e is sigma g / sqrt(c), g ~ N(0, I_d), c ~ chi^2(T - d + 1)
    (`regression.least_squares_rounds`). Same rows: the steps share one Wishart factor A, X^+ e = sigma A'^-1 g.

    Accumulate, same rows: w_n = w_(n-1) + X^+ e_n / n. Fresh rows: w_n = w_(n-1) + (W_1 + ... + W_n)^-1 X_n' e_n with
    Wishart W_i = A A' and X_n' e_n = sigma A g: what the least-squares fit of all n T rows is, worked out.

    Parameters
    ----------
    dimension, n_points : d and T >= d + 2.
    noise_variances : (V,), sigma^2; they share the rows, not the noise.

    Returns
    -------
    (trials, V, rounds)

    Examples
    --------
    >>> simulate_statistics("replace", dimension=2, n_points=9, noise_variances=[1.0], rounds=3, same_design=True,
    ...                     trials=4, rng=np.random.default_rng(0)).shape
    (4, 1, 3)
    """
    sigma = np.sqrt(np.asarray(noise_variances, dtype=float))
    errors = np.empty((trials, len(sigma), rounds))
    for trial, stream in enumerate(rng.spawn(trials)):
        noise = stream.standard_normal((rounds, dimension, len(sigma)))
        if same_design:
            factor = wishart_factor(n_points, dimension, stream)
            steps = noise if policy == "replace" else noise / np.arange(1, rounds + 1)[:, None, None]
            walk = np.linalg.solve(factor.T, np.cumsum(steps, axis=0))
        elif policy == "replace":
            shrink = np.sqrt(stream.chisquare(n_points - dimension + 1, rounds))
            walk = np.cumsum(noise / shrink[:, None, None], axis=0)
        else:
            moment = np.zeros((dimension, dimension))
            walk = np.empty_like(noise)
            position = np.zeros((dimension, len(sigma)))
            for n in range(rounds):
                factor = wishart_factor(n_points, dimension, stream)
                moment += factor @ factor.T
                position = position + np.linalg.solve(moment, factor @ noise[n])
                walk[n] = position
        errors[trial] = (sigma**2 * np.sum(walk**2, axis=1)).T
    return errors
