"""n-fold regression on its own labels (Dohmatob et al. 2024), simulated."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from uncollapse.theory.wishart import wishart_factor


def least_squares_rounds(
    *,
    dimension: int,
    n_points: ArrayLike,
    noise: ArrayLike,
    trials: int,
    rng: np.random.Generator,
) -> NDArray[np.float64]:
    """Excess risk after each of a succession of least-squares fits, each labelled by the fit before.

    One fit moves the weights by X^+ e. In whitened coordinates, whatever the covariance of the rows, this is
    sigma g / sqrt(c) with g ~ N(0, I_d) and an independent c ~ chi^2(T - d + 1): the vector is spherical, and
    g' (Z'Z)^-1 g = |g|^2 / c for an independent Wishart matrix. So a round costs d + 1 draws instead of T d, exactly.

    Parameters
    ----------
    dimension : d.
    n_points : (n,), T of each round, all >= d + 2.
    noise : (n,), sigma of each round.
    trials : K.

    Returns
    -------
    (K, n) : |w - w_0|_S^2 after 1, ..., n fits.

    Examples
    --------
    >>> least_squares_rounds(dimension=5, n_points=[50, 50], noise=[1.0, 1.0], trials=3,
    ...                      rng=np.random.default_rng(0)).shape
    (3, 2)
    """
    sizes = np.asarray(n_points)
    if np.any(sizes < dimension + 2):
        raise ValueError(f"every round needs at least d + 2 = {dimension + 2} points, found {sizes.min()}")
    step = rng.standard_normal((trials, len(sizes), dimension))
    step *= (np.asarray(noise) / np.sqrt(rng.chisquare(sizes - dimension + 1, (trials, len(sizes)))))[:, :, None]
    return np.sum(np.cumsum(step, axis=1) ** 2, axis=2)


def generator_chain(
    *,
    spectrum: NDArray,
    coefficients: NDArray,
    n_generated: int,
    generated_noise: float,
    rounds: int,
    same_design: bool,
    rng: np.random.Generator,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Weights of n generators in succession, each the minimum-norm fit of T_0 rows labelled by the one before.

    With T_0 >= d the map is w + X^+ e, of which X'X is all that matters (see `least_squares_rounds`). With T_0 < d it
    is P w + X^+ e, P the projection onto the row space: what lies outside the rows is lost, for good.

    Parameters
    ----------
    spectrum, coefficients : (d,), eigenvalues of S, and w_0 in its eigenbasis.
    n_generated : T_0.
    generated_noise : sigma_0.
    rounds : n.
    same_design : all rounds label the same rows, instead of fresh ones.

    Returns
    -------
    weights, noiseless : (n + 1, d) each, generators 0 (the truth) to n, with the noise and (on the same rows) without
        it.
    """
    scale = np.sqrt(np.asarray(spectrum, dtype=float))
    dimension = len(scale)
    weights = np.empty((rounds + 1, dimension))
    noiseless = np.empty_like(weights)
    weights[0] = noiseless[0] = coefficients
    design = None
    for n in range(1, rounds + 1):
        if design is None or not same_design:
            if n_generated >= dimension:
                design = wishart_factor(n_generated, dimension, rng)
            else:
                design = rng.standard_normal((n_generated, dimension)) * scale
        if n_generated >= dimension:
            noise = np.linalg.solve(design.T, rng.standard_normal(dimension)) / scale
            weights[n], noiseless[n] = weights[n - 1] + generated_noise * noise, noiseless[n - 1]
        else:
            labels = np.stack(
                [
                    design @ weights[n - 1] + generated_noise * rng.standard_normal(n_generated),
                    design @ noiseless[n - 1],
                ],
                axis=1,
            )
            weights[n], noiseless[n] = (design.T @ np.linalg.solve(design @ design.T, labels)).T
    return weights, noiseless


def ridge_students(
    labellers: NDArray,
    *,
    spectrum: NDArray,
    penalties: ArrayLike,
    n_points: int,
    noise: float,
    rng: np.random.Generator,
) -> NDArray[np.float64]:
    """Ridge fits (X'X/T + lambda)^-1 X'y/T on T rows, for every labeller and penalty; all share the rows and the noise.

    Only X'X and X'e enter, so for T >= d the rows are not drawn: X'X = S^1/2 A A' S^1/2 with a Wishart factor A, and
    X'e = sigma S^1/2 A g.

    Parameters
    ----------
    labellers : (m, d), weights that label the rows, in the eigenbasis of S.
    spectrum : (d,), eigenvalues of S.
    penalties : (L,), lambda > 0.
    n_points : T.
    noise : sigma.

    Returns
    -------
    (L, m, d)
    """
    scale = np.sqrt(np.asarray(spectrum, dtype=float))
    dimension = len(scale)
    if n_points >= dimension:
        half = scale[:, None] * wishart_factor(n_points, dimension, rng)
        moment, disturbance = half @ half.T / n_points, noise * half @ rng.standard_normal(dimension) / n_points
    else:
        rows = rng.standard_normal((n_points, dimension)) * scale
        moment, disturbance = rows.T @ rows / n_points, noise * rows.T @ rng.standard_normal(n_points) / n_points
    values, vectors = np.linalg.eigh(moment)
    target = (labellers @ moment + disturbance) @ vectors
    shrunk = target[None] / (np.maximum(values, 0.0) + np.asarray(penalties, dtype=float)[:, None, None])
    return shrunk @ vectors.T


def excess_risk(weights: NDArray, *, spectrum: NDArray, coefficients: NDArray) -> NDArray[np.float64]:
    """|w - w_0|_S^2 over the last axis of ``weights``.

    >>> float(excess_risk(np.array([1.0, 2.0]), spectrum=np.array([1.0, 0.5]), coefficients=np.zeros(2)))
    3.0
    """
    return np.sum(np.asarray(spectrum) * (weights - coefficients) ** 2, axis=-1)
