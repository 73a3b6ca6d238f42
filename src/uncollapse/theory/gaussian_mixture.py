"""The data of Feng et al.'s theory: Gaussian mixtures as in Condition D.1, wrong labels, and a verifier."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtr

#: b = -a (class means mu and -mu) and b = 0 (orthogonal class means), the two cases of Condition D.1.
Case = Literal["symmetric", "skewed"]


@dataclass(frozen=True)
class Mixture:
    """N examples of two classes.

    Attributes
    ----------
    features : (N, d) float32
    labels : (N,) bool, true class.
    means : (2, d) float32, means of class 0 and of class 1.
    noise : standard deviation of each coordinate about the mean.
    """

    features: NDArray[np.float32]
    labels: NDArray[np.bool_]
    means: NDArray[np.float32]
    noise: float


def draw_mixture(*, n_points: int, dimension: int, mean_square: float, case: Case, rng: np.random.Generator) -> Mixture:
    """x | y ~ N(mu_y, (1 - a) / d I_d) with |mu_y|^2 = a, so that E|x|^2 = 1. Feng et al. 2024 (v1), Condition D.1.

    The means lie on coordinate axes: everything that is measured later is invariant under rotation.

    Parameters
    ----------
    n_points, dimension : N and d.
    mean_square : a = |mu|^2, in [0, 1).
    case : "symmetric" or "skewed", means mu and -mu (b = -a), or two orthogonal means (b = 0).

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> mixture = draw_mixture(n_points=1000, dimension=50, mean_square=0.5, case="skewed", rng=rng)
    >>> float(mixture.means[0] @ mixture.means[1]), mixture.features.shape
    (0.0, (1000, 50))
    """
    if not 0 <= mean_square < 1:
        raise ValueError(
            f"mean_square must lie in [0, 1) so that E|x|^2 = 1 leaves room for noise, found {mean_square}"
        )
    means = np.zeros((2, dimension), dtype=np.float32)
    means[1, 0] = np.sqrt(mean_square)
    means[0, 0 if case == "symmetric" else 1] = -means[1, 0] if case == "symmetric" else means[1, 0]
    noise = float(np.sqrt((1 - mean_square) / dimension))
    labels = rng.random(n_points) < 0.5
    features = rng.standard_normal((n_points, dimension), dtype=np.float32)
    features *= np.float32(noise)
    features += means[labels.astype(int)]
    return Mixture(features, labels, means, noise)


@dataclass(frozen=True)
class LabelFlips:
    """The randomness behind wrong labels and selection, one pair of uniform numbers per example.

    Several settings applied to the same flips differ only where they must: raising p only adds wrong labels.
    """

    error: NDArray[np.float64]
    keep: NDArray[np.float64]

    @classmethod
    def draw(cls, n_points: int, rng: np.random.Generator) -> "LabelFlips":
        """Uniform numbers for ``n_points`` examples."""
        return cls(rng.random(n_points), rng.random(n_points))


def selected_signs(
    labels: NDArray[np.bool_],
    flips: LabelFlips,
    *,
    error_rate: ArrayLike,
    phi: ArrayLike,
    psi: ArrayLike,
) -> NDArray[np.float32]:
    """Labels and selection of S settings as signs: +1 kept with label 1, -1 kept with label 0, 0 dropped.

    Labels are wrong with probability p_k in class k, independently; a correct one is kept with probability phi_k, a
    wrong one with psi_k. Feng et al. 2024 (v1), eqs. 3 and 14-17.

    Parameters
    ----------
    labels : (N,) bool, true classes.
    error_rate, phi, psi : (S,) or (S, 2), probabilities per setting, or per setting and true class (0, then 1).

    Returns
    -------
    (N, S) float32

    Examples
    --------
    An oracle keeps nothing of labels that are all wrong:

    >>> truth = np.array([True, False])
    >>> flips = LabelFlips.draw(2, np.random.default_rng(0))
    >>> selected_signs(truth, flips, error_rate=[0.0, 1.0], phi=[1.0, 1.0], psi=[0.0, 0.0]).tolist()
    [[1.0, 0.0], [-1.0, 0.0]]
    """
    rates = [np.asarray(rate, dtype=float) for rate in (error_rate, phi, psi)]
    wrong_rate, keep_correct, keep_wrong = (
        np.stack([rate, rate]) if rate.ndim == 1 else np.ascontiguousarray(rate.T) for rate in rates
    )
    signs = np.zeros((len(labels), wrong_rate.shape[1]), dtype=np.float32)
    for true_class in (0, 1):
        rows = np.flatnonzero(labels == bool(true_class))
        wrong = flips.error[rows, None] < wrong_rate[true_class]
        kept = flips.keep[rows, None] < np.where(wrong, keep_wrong[true_class], keep_correct[true_class])
        signs[rows] = np.where(wrong, -1, 1) * kept * (2 * true_class - 1)
    return signs


def survivor_counts(labels: NDArray[np.bool_], signs: NDArray) -> dict[str, NDArray[np.int64]]:
    """N_kl, the number of kept examples with true class k and label l, per setting. Feng et al. 2024 (v1), eq. 16.

    Parameters
    ----------
    labels : (N,) bool
    signs : (N, S)

    Returns
    -------
    dict of (S,) : keys n00, n01, n10, n11.

    Examples
    --------
    >>> counts = survivor_counts(np.array([True, True, False]), np.array([[1.0], [-1.0], [0.0]]))
    >>> {name: int(count[0]) for name, count in counts.items()}
    {'n00': 0, 'n01': 0, 'n10': 1, 'n11': 1}
    """
    return {
        f"n{true_class}{label}": np.count_nonzero(signs[labels == bool(true_class)] == 2 * label - 1, axis=0)
        for true_class in (0, 1)
        for label in (0, 1)
    }


def class_accuracies(mixture: Mixture, weights: NDArray) -> NDArray[np.float64]:
    """P(the classifier says k | class k) for k = 0, 1, exactly: Phi(+-w . mu_k / (noise |w|)).

    Parameters
    ----------
    weights : (d, S)

    Returns
    -------
    (2, S) : 1/2 for a classifier that learned nothing.
    """
    norms = mixture.noise * np.linalg.norm(weights, axis=0)
    margins = np.divide(mixture.means @ weights, norms, out=np.zeros((2, weights.shape[1])), where=norms > 0)
    return ndtr(margins * np.array([[-1.0], [1.0]]))
