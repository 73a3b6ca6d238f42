"""Figures 2 and 5 of Feng et al. 2024 (v1): a ridge-logistic student of selected examples of a Gaussian mixture.

Each trial draws one set of features; all settings of a sweep are label and selection masks on it, fitted in one batch.
Accuracies are exact (`linear_accuracy`), so the only noise is that of the training set.
"""

from collections.abc import Callable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from uncollapse.theory.gaussian_mixture import LabelFlips, Mixture, draw_mixture, selected_signs
from uncollapse.theory.linear_accuracy import agreement_with_bayes, cosine_to
from uncollapse.theory.ridge_logistic import fit_ridge_logistic

#: Maps p, phi and psi, (S,) each, to the accuracies (S,) of a training set's students and its signs (N, S).
Student = Callable[[NDArray, NDArray, NDArray], tuple[NDArray, NDArray]]


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
    direction = np.eye(1, mixture.features.shape[1])[0]
    separation = float(mixture.means[1, 0]) / mixture.noise
    return agreement_with_bayes(cosine_to(weights, direction), separation=separation)


def student_of(
    *, dimension: int, n_points: int, mean_square: float, penalty: float, rng: np.random.Generator
) -> Student:
    """Students of one training set, which is drawn once for all settings that are tried on it."""
    mixture = draw_mixture(n_points=n_points, dimension=dimension, mean_square=mean_square, case="symmetric", rng=rng)
    flips = LabelFlips.draw(n_points, rng)

    def student(p: NDArray, phi: NDArray, psi: NDArray) -> tuple[NDArray, NDArray]:
        signs = selected_signs(mixture.labels, flips, error_rate=p, phi=phi, psi=psi)
        return student_accuracy(mixture, signs, penalty=penalty), signs

    return student


def students(
    *, sizes: Sequence[tuple[int, int]], mean_square: float, penalty: float, trials: int, rng: np.random.Generator
) -> Iterator[tuple[dict[str, int], Student]]:
    """Every training set of a sweep over sizes (d, N): columns that tell d, N, trial, and what its students reach."""
    for dimension, n_points in sizes:
        for trial, stream in enumerate(rng.spawn(trials)):
            size = {"dimension": dimension, "n_points": n_points}
            yield size | {"trial": trial}, student_of(**size, mean_square=mean_square, penalty=penalty, rng=stream)


def last_reaching(accuracy_at: Callable[[NDArray], NDArray], *, level: NDArray, bisections: int) -> NDArray[np.float64]:
    """The largest argument in [0, 1] at which a falling curve still reaches ``level``, for S curves at once.

    ``accuracy_at`` maps arguments (S,) to accuracies (S,). 1 for a curve that never falls below its level (S,).

    >>> last_reaching(lambda p: 1 - p, level=np.array([0.75]), bisections=30).round(6).tolist()
    [0.25]
    """
    low, top = np.zeros(len(level)), np.ones(len(level))
    never = accuracy_at(top) >= level
    for _ in range(bisections):
        middle = (low + top) / 2
        reaches = accuracy_at(middle) >= level
        low, top = np.where(reaches, middle, low), np.where(reaches, top, middle)
    return np.where(never, 1.0, (low + top) / 2)


def grid(pruners: Sequence[tuple[float, float]], values: Sequence[float]) -> tuple[NDArray, NDArray, NDArray]:
    """phi, psi and value of every combination, flattened: (P * V,) each."""
    rates = np.repeat(np.asarray(pruners, dtype=float), len(values), axis=0)
    return rates[:, 0], rates[:, 1], np.tile(np.asarray(values, dtype=float), len(pruners))
