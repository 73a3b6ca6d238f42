"""Exact test accuracy of a linear classifier without intercept: no test set is drawn, no test noise remains."""

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtr

from uncollapse.theory.bivariate_normal import bivariate_normal_cdf


def cosine_to(weights: NDArray, truth: NDArray) -> NDArray[np.float64]:
    """Cosine between each column of ``weights`` (d, S) and ``truth`` (d,); 0 for a classifier that learned nothing.

    >>> cosine_to(np.array([[3.0, 0.0], [4.0, 0.0]]), np.array([1.0, 0.0])).tolist()
    [0.6, 0.0]
    """
    norms = np.linalg.norm(weights, axis=0) * np.linalg.norm(truth)
    return np.clip(np.divide(truth @ weights, norms, out=np.zeros_like(norms), where=norms > 0), -1.0, 1.0)


def agreement_with_bayes(cosine: ArrayLike, *, separation: ArrayLike) -> NDArray[np.float64]:
    """P(sign(x . w) = sign(x . mu)) for x drawn from the mixture: the accuracy of Feng et al. 2024 (v1), Sec. 3.1.

    With standardised margins x . w and x . mu of correlation c = cos(w, mu) and means s c and s, it is
    Phi_2(s c, s; c) + Phi_2(-s c, -s; c); for s = 0 it is 1 - angle / pi.

    Parameters
    ----------
    cosine : c, between the classifier and the truth.
    separation : s, the distance of a class mean from the boundary in standard deviations
        (`pruning_rates.mixture_separation`).

    Examples
    --------
    >>> float(agreement_with_bayes(np.cos(np.pi / 4), separation=0.0).round(6))
    0.75
    """
    c, s = np.asarray(cosine, dtype=float), np.asarray(separation, dtype=float)
    return bivariate_normal_cdf(s * c, s, c) + bivariate_normal_cdf(-s * c, -s, c)


def label_accuracy(cosine: ArrayLike, *, separation: ArrayLike) -> NDArray[np.float64]:
    """P(sign(x . w) = y) for the two-component mixture: Phi(s cos(w, mu)). The Bayes classifier has Phi(s).

    >>> float(label_accuracy(1.0, separation=0.15 * 107**0.5).round(3))
    0.94
    """
    return ndtr(np.asarray(separation, dtype=float) * np.asarray(cosine, dtype=float))


def bisector_cosine(theta_gen: ArrayLike, theta_prune: ArrayLike, theta: ArrayLike) -> NDArray[np.float64]:
    """Cosine between the truth and the bisector of generator and verifier.

    What a student of isotropic examples learns in the limit N -> infinity at a fixed dimension: the kept examples, on
    whose label both agree, fill the wedge between the two planes, which is symmetric about the bisector. It is
    positive exactly when theta_gen + theta_prune < pi, so the accuracy 1 - angle / pi passes 1/2 at p_*, without a
    jump. 0 where the two contradict each other everywhere (theta = pi), so that nothing is kept.

    >>> float(bisector_cosine(np.pi / 2, 0.0, np.pi / 2).round(6))
    0.707107
    """
    gen, prune, between = (np.asarray(angle, dtype=float) for angle in (theta_gen, theta_prune, theta))
    total, length = np.broadcast_arrays(np.cos(gen) + np.cos(prune), 2 * np.cos(between / 2))
    return np.clip(np.divide(total, length, out=np.zeros(total.shape), where=length > 1e-12), -1.0, 1.0)
