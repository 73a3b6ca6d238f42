"""Examples labelled by one linear model and filtered by another, both of them wrong in a plane of their own."""

import numpy as np
from numpy.typing import NDArray

from uncollapse.theory.linear_accuracy import agreement_with_bayes, cosine_to
from uncollapse.theory.pruning_rates import PruningRates
from uncollapse.theory.ridge_logistic import fit_ridge_logistic


class LinearPair:
    """Isotropic examples with one random plane of errors each for generators and verifiers.

    Parameters
    ----------
    n_points, dimension : N and d >= 3.

    Attributes
    ----------
    features : (N, d) float32, x ~ N(0, I_d / d).
    truth, generator_side, third : (d,), orthonormal: the truth, the direction into which generators err, and a third
        one, so that a verifier with dihedral angle delta errs into cos(delta) generator_side + sin(delta) third.
    """

    def __init__(self, *, n_points: int, dimension: int, rng: np.random.Generator) -> None:
        if dimension < 3:
            raise ValueError(f"three vectors in general position need d >= 3, found {dimension}")
        self.features = rng.standard_normal((n_points, dimension), dtype=np.float32)
        self.features *= np.float32(1 / np.sqrt(dimension))
        frame, _ = np.linalg.qr(rng.standard_normal((dimension, 3)))
        self.truth, self.generator_side, self.third = frame.T

    def select(
        self, theta_gen: NDArray, theta_prune: NDArray, dihedral: NDArray
    ) -> tuple[NDArray[np.float32], PruningRates]:
        """Signs (N, S) of the kept labels of S settings, and the p, phi and psi measured on the examples."""
        generators = np.outer(self.truth, np.cos(theta_gen)) + np.outer(self.generator_side, np.sin(theta_gen))
        side = np.outer(self.generator_side, np.cos(dihedral)) + np.outer(self.third, np.sin(dihedral))
        verifiers = np.outer(self.truth, np.cos(theta_prune)) + side * np.sin(theta_prune)
        labels = self.features @ generators.astype(np.float32) > 0
        kept = labels == (self.features @ verifiers.astype(np.float32) > 0)
        wrong = labels != (self.features @ self.truth.astype(np.float32) > 0)[:, None]
        with np.errstate(invalid="ignore"):
            rates = PruningRates(
                wrong.mean(axis=0),
                (kept & ~wrong).sum(axis=0) / (~wrong).sum(axis=0),
                (kept & wrong).sum(axis=0) / wrong.sum(axis=0),
            )
        return np.where(labels, kept, -kept.astype(np.float32)).astype(np.float32), rates

    def accuracy(self, signs: NDArray, *, penalty: float) -> NDArray[np.float64]:
        """1 - angle / pi between each student and the truth."""
        weights = fit_ridge_logistic(self.features, signs, penalty=penalty)
        return agreement_with_bayes(cosine_to(weights, self.truth), separation=0.0)
