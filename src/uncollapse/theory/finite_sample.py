"""Section 4 of Feng et al. 2024 (v1), Figure 3: finitely many selected examples, a fitted generator, weak verifiers.

x | y ~ N(y tau w*, I_d / d). A generator fitted by least squares on N_0 examples labels N_1 new ones by sampling from
sigma(x . w_gen); a linear verifier keeps the labels it agrees with; a ridge-logistic student learns from the first n'
kept.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from uncollapse.theory.breakdown import breakdown_point
from uncollapse.theory.linear_accuracy import cosine_to, label_accuracy
from uncollapse.theory.ridge_logistic import fit_ridge_logistic
from uncollapse.theory.wishart import wishart

#: Kept examples from which a fit's Hessian is known to about 10% at d = 100: more would cost more than it saves.
_CURVATURE_ROWS = 8192

#: Names of the selections that are not a linear verifier at an angle.
CLEAN, RANDOM, LABEL_ORACLE = "clean", "random", "label oracle"


def verifier_name(angle: float) -> str:
    """ "oracle" for a verifier along w*, else its angle: "theta 15 deg".

    >>> verifier_name(0.0), verifier_name(np.pi / 12)
    ('oracle', 'theta 15 deg')
    """
    return "oracle" if angle == 0 else f"theta {np.degrees(angle):g} deg"


def bayes_accuracy(*, dimension: int, tau: float) -> float:
    """Phi(tau sqrt(d)): the best accuracy possible on x | y ~ N(y tau w*, I_d / d).

    >>> round(bayes_accuracy(dimension=107, tau=0.15), 3), round(bayes_accuracy(dimension=100, tau=0.15), 3)
    (0.94, 0.933)
    """
    return float(label_accuracy(1.0, separation=tau * np.sqrt(dimension)))


def draw_generator(*, n_original: int, dimension: int, tau: float, rng: np.random.Generator) -> NDArray[np.float64]:
    """Least-squares fit of the labels +-1 on N_0 original examples, drawn by its sufficient statistics.

    The vectors u = y x are N(tau w*, I / d), so their mean and scatter are an independent Gaussian and Wishart pair,
    and (X'X)^-1 X'y needs nothing else: X'X = scatter + N_0 u u', X'y = N_0 u with u the mean. Distributed exactly as
    the fit on N_0 examples, at a cost that doesn't grow with N_0.

    Parameters
    ----------
    n_original : N_0 > d.

    Returns
    -------
    (d,) : w_gen, with w* the first axis.
    """
    if n_original <= dimension:
        raise ValueError(f"least squares needs more examples than dimensions: N_0 = {n_original}, d = {dimension}")
    mean = rng.standard_normal(dimension) / np.sqrt(n_original * dimension)
    mean[0] += tau
    gram = wishart(n_original - 1, dimension, rng) / dimension + n_original * np.outer(mean, mean)
    return np.linalg.solve(gram, n_original * mean)


def verifier(angle: float, dimension: int, rng: np.random.Generator) -> NDArray[np.float64]:
    """Unit vector at ``angle`` (radians) to w*, the first axis, erring into a random direction."""
    side = rng.standard_normal(dimension)
    side[0] = 0
    vector = np.sin(angle) * side / np.linalg.norm(side)
    vector[0] = np.cos(angle)
    return vector


class SyntheticPool:
    """N_1 examples, and their labels as +1 and -1 in columns: the true ones, or those of each generator.

    Parameters
    ----------
    n_points, dimension : N_1 and d.

    Attributes
    ----------
    features : (N_1, d) float32
    labels : (N_1,) int8, true labels.
    """

    def __init__(self, *, n_points: int, dimension: int, tau: float, rng: np.random.Generator) -> None:
        self.labels = np.where(rng.random(n_points) < 0.5, np.int8(1), np.int8(-1))
        self.features = rng.standard_normal((n_points, dimension), dtype=np.float32)
        self.features *= np.float32(1 / np.sqrt(dimension))
        self.features[:, 0] += np.float32(tau) * self.labels
        self.second_moment = np.eye(dimension) / dimension
        self.second_moment[0, 0] += tau**2

    def margins(self, vectors: Sequence[NDArray]) -> NDArray[np.float32]:
        """x . w of all examples for K vectors at once (K, N_1): one pass over the features instead of K."""
        return np.stack(vectors).astype(np.float32) @ self.features.T

    def generate(self, margins: NDArray[np.float32], uniform: NDArray[np.float32] | float) -> NDArray[np.int8]:
        """Labels (N_1,) of a generator with these margins: sampled from sigma(x . w_gen) by uniform draws in [0, 1).

        With ``uniform`` 0.5 the likelier label of each.
        """
        return np.where(uniform < expit(margins), np.int8(1), np.int8(-1))

    def agreeing(self, generated: NDArray[np.int8], margins: NDArray[np.float32]) -> NDArray[np.int8]:
        """The generated labels that a linear verifier with these margins agrees with; 0 where it doesn't. Eq. 5."""
        return np.where((margins > 0) == (generated > 0), generated, np.int8(0))

    def rates(self, generated: NDArray[np.int8], kept: NDArray[np.int8], reference: NDArray) -> dict[str, float]:
        """p, phi, psi and p_* of a selection, with "correct" meaning equal to ``reference`` (N_1,)."""
        correct, survives = generated == reference, kept != 0
        n_correct, n_kept = np.count_nonzero(correct), np.count_nonzero(survives)
        kept_correct = np.count_nonzero(correct & survives)
        n_wrong = len(correct) - n_correct
        phi = kept_correct / n_correct if n_correct else np.nan
        psi = (n_kept - kept_correct) / n_wrong if n_wrong else np.nan
        return {
            "error_rate": n_wrong / len(correct),
            "phi": float(phi),
            "psi": float(psi),
            "breakdown_point": float(breakdown_point(phi, psi)),
        }


def student_path(
    pool: SyntheticPool, signs: NDArray[np.int8], *, selected: Sequence[int], penalty: float, tolerance: float
) -> NDArray[np.float64]:
    """Cosine to w* of the students of the first n' kept examples of each column, for growing n'.

    Minimises sum over the n' examples of the cross-entropy + (penalty / 2) |w|^2: eq. 1 with penalty = lambda N_1 at
    fixed N_1. Each fit starts from that of the n' before, so that a few passes over the examples suffice.

    Parameters
    ----------
    signs : (N_1, S) int8, +1 or -1 for a kept label, 0 for a dropped one.
    selected : n', increasing.
    tolerance : of `ridge_logistic.fit_ridge_logistic`.

    Returns
    -------
    (len(selected), S) : NaN where fewer than n' examples were kept.
    """
    kept_rows = [np.flatnonzero(column) for column in signs.T]
    cosines = np.full((len(selected), signs.shape[1]), np.nan)
    weights = np.zeros((pool.features.shape[1], signs.shape[1]))
    for place, n_selected in enumerate(selected):
        columns = [column for column, rows in enumerate(kept_rows) if len(rows) >= n_selected]
        if not columns:
            break
        ends = [kept_rows[column][n_selected - 1] + 1 for column in columns]
        prefix = signs[: max(ends), columns].astype(np.float32)
        for column, end in enumerate(ends):
            prefix[end:, column] = 0
        weights[:, columns] = fit_ridge_logistic(
            pool.features[: max(ends)],
            prefix,
            penalty=penalty / n_selected,
            total=n_selected,
            start=weights[:, columns],
            tolerance=tolerance,
            second_moment=pool.second_moment,
            curvature_rows=_CURVATURE_ROWS if n_selected > 2 * _CURVATURE_ROWS else None,
        )
        cosines[place, columns] = cosine_to_truth(weights[:, columns])
    return cosines


def cosine_to_truth(weights: NDArray) -> NDArray[np.float64]:
    """Cosine of each column (d,) to w*, the first axis."""
    return cosine_to(weights, np.eye(1, len(weights))[0])
