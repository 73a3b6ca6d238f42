"""Figures 2 and 5 of Feng et al. 2024 (v1): a ridge-logistic student of selected examples of a Gaussian mixture.

Each trial draws one set of features; all settings of a sweep are label and selection masks on it, fitted in one batch.
Accuracies are exact (`linear_accuracy`), so the only noise is that of the training set.
"""

from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from uncollapse.theory.breakdown import breakdown_lower, breakdown_point
from uncollapse.theory.gaussian_mixture import (
    Case,
    LabelFlips,
    Mixture,
    draw_mixture,
    selected_signs,
)
from uncollapse.theory.linear_accuracy import agreement_with_bayes, cosine_to
from uncollapse.theory.ridge_logistic import fit_ridge_logistic


def student_accuracy(mixture: Mixture, signs: NDArray, *, penalty: float) -> NDArray[np.float64]:
    """Agreement of each student with the Bayes classifier, in the symmetric mixture.

    Parameters
    ----------
    mixture : with means mu and -mu.
    signs : (N, S), labels and selection (`gaussian_mixture.selected_signs`).
    penalty : ridge strength lambda of eq. 1.

    Returns
    -------
    (S,) : a student that kept nothing, and so learned nothing, agrees half of the time.
    """
    weights = fit_ridge_logistic(mixture.features, signs, penalty=penalty)
    direction = np.zeros(mixture.features.shape[1])
    direction[0] = 1.0
    separation = float(mixture.means[1, 0]) / mixture.noise
    return agreement_with_bayes(cosine_to(weights, direction), separation=separation)


def accuracy_curves(
    *,
    sizes: Sequence[tuple[int, int]],
    mean_square: float,
    penalty: float,
    pruners: Sequence[tuple[float, float]],
    error_rates: ArrayLike,
    trials: int,
    rng: np.random.Generator,
) -> pd.DataFrame:
    """Accuracy against the error rate p for (phi, psi) verifiers, in growing dimensions and training sets.

    Feng et al. 2024 (v1), Figure 5 left; Theorem 3.2 predicts a fall from 1 to 0 at p_* that sharpens with d and N.

    Parameters
    ----------
    sizes : sequence of (d, N)
    mean_square : a = |mu|^2.
    penalty : lambda.
    pruners : sequence of (phi, psi)
    error_rates : p.

    Returns
    -------
    One row per d, verifier, p and trial: dimension, n_points, phi, psi, breakdown_point, error_rate, trial, kept,
        accuracy.
    """
    phi, psi, p = _grid(pruners, np.asarray(error_rates, dtype=float))
    blocks = []
    for dimension, n_points in sizes:
        for trial, stream in enumerate(rng.spawn(trials)):
            mixture = _draw(n_points, dimension, mean_square, "symmetric", stream)
            flips = LabelFlips.draw(n_points, stream)
            signs = selected_signs(mixture.labels, flips, error_rate=p, phi=phi, psi=psi)
            blocks.append(
                {
                    "dimension": dimension,
                    "n_points": n_points,
                    "phi": phi,
                    "psi": psi,
                    "breakdown_point": breakdown_point(phi, psi),
                    "error_rate": p,
                    "trial": trial,
                    "kept": np.count_nonzero(signs, axis=0),
                    "accuracy": student_accuracy(mixture, signs, penalty=penalty),
                }
            )
    return _table(blocks)


def measured_breakdown(
    *,
    sizes: Sequence[tuple[int, int]],
    mean_square: float,
    penalty: float,
    pruners: Sequence[tuple[float, float]],
    levels: Sequence[float],
    slack: float,
    bisections: int,
    trials: int,
    rng: np.random.Generator,
) -> pd.DataFrame:
    """sup{p : accuracy >= level} of each training set, found by bisection. Feng et al. 2024 (v1), Figure 5 right.

    Parameters
    ----------
    levels : accuracies whose crossing is looked for; the paper's is 0.9, and 0.9 and 0.1 bound the transition.
    slack : t of the analytic estimate p_*^-(t) beside it; the paper's is 0.1.
    bisections : the crossing is found to 2^-bisections.
    sizes, mean_square, penalty, pruners, trials, rng : as in `accuracy_curves`.

    Returns
    -------
    One row per d, verifier, level and trial: dimension, n_points, phi, psi, breakdown_point, breakdown_lower, level,
        trial, measured.
    """
    phi, psi, level = _grid(pruners, np.asarray(levels, dtype=float))
    blocks = []
    for dimension, n_points in sizes:
        for trial, stream in enumerate(rng.spawn(trials)):
            mixture = _draw(n_points, dimension, mean_square, "symmetric", stream)
            flips = LabelFlips.draw(n_points, stream)

            def accuracy_at(p: NDArray, mixture: Mixture = mixture, flips: LabelFlips = flips) -> NDArray:
                signs = selected_signs(mixture.labels, flips, error_rate=p, phi=phi, psi=psi)
                return student_accuracy(mixture, signs, penalty=penalty)

            blocks.append(
                {
                    "dimension": dimension,
                    "n_points": n_points,
                    "phi": phi,
                    "psi": psi,
                    "breakdown_point": breakdown_point(phi, psi),
                    "breakdown_lower": breakdown_lower(phi, psi, slack=slack),
                    "level": level,
                    "trial": trial,
                    "measured": last_reaching(
                        accuracy_at, level=level, high=np.ones_like(level), bisections=bisections
                    ),
                }
            )
    return _table(blocks)


def last_reaching(
    accuracy_at: Callable[[NDArray], NDArray], *, level: NDArray, high: NDArray, bisections: int
) -> NDArray[np.float64]:
    """The largest argument in [0, high] at which a falling curve still reaches ``level``, for S curves at once.

    Parameters
    ----------
    accuracy_at : maps arguments (S,) to accuracies (S,).
    level, high : (S,)

    Returns
    -------
    (S,) : ``high`` for a curve that never falls below its level there.

    Examples
    --------
    >>> last_reaching(lambda p: 1 - p, level=np.array([0.75]), high=np.array([1.0]), bisections=30).round(6).tolist()
    [0.25]
    """
    never = accuracy_at(high) >= level
    low, top = np.zeros_like(high), high.copy()
    for _ in range(bisections):
        middle = (low + top) / 2
        reaches = accuracy_at(middle) >= level
        low, top = np.where(reaches, middle, low), np.where(reaches, top, middle)
    return np.where(never, high, (low + top) / 2)


def _draw(n_points: int, dimension: int, mean_square: float, case: Case, rng: np.random.Generator) -> Mixture:
    return draw_mixture(n_points=n_points, dimension=dimension, mean_square=mean_square, case=case, rng=rng)


def _grid(pruners: Sequence[tuple[float, float]], values: NDArray) -> tuple[NDArray, NDArray, NDArray]:
    """phi, psi and value of every combination, flattened: (P * V,) each."""
    rates = np.repeat(np.asarray(pruners, dtype=float), len(values), axis=0)
    return rates[:, 0], rates[:, 1], np.tile(values, len(pruners))


def _table(blocks: list[dict]) -> pd.DataFrame:
    return pd.concat([pd.DataFrame(block) for block in blocks], ignore_index=True)
