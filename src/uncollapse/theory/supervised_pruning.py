"""Figure 2 of Feng et al. 2024 (v1): generator and verifier are linear models, and only three angles matter.

Two mechanisms produce the same p, phi and psi, and both are simulated:

- "angles": the angles give p, phi and psi (`pruning_rates.isotropic_rates`), with which labels of a Gaussian mixture
  are wrong and kept independently of the features. This is what Theorem 3.2 is about; accuracy jumps from 1 to 0.
- "vectors": features x ~ N(0, I_d / d), labels sign(x . w_gen), kept where sign(x . w_prune) agrees. Errors now depend
  on x, and with N -> infinity accuracy tends to 1 - angle / pi of the bisector of the two vectors: it passes 1/2 at the
  same p_*, but without a jump.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from uncollapse.theory.linear_accuracy import agreement_with_bayes, cosine_to
from uncollapse.theory.mixture_pruning import student_of
from uncollapse.theory.pruning_rates import PruningRates, isotropic_rates, verifier_angle
from uncollapse.theory.ridge_logistic import fit_ridge_logistic

Mechanism = Literal["angles", "vectors"]
#: Maps p, theta_prune and dihedral, (S,) each, to accuracies (S,) and the rates measured on the training set.
Student = Callable[[NDArray, NDArray, NDArray], tuple[NDArray, PruningRates]]


class LinearPair:
    """Isotropic examples labelled by one linear model and filtered by another, each wrong in a random plane of its own.

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


def students(
    *,
    angle_sizes: Sequence[tuple[int, int]],
    vector_sizes: Sequence[tuple[int, int]],
    mean_square: float,
    penalty: float,
    trials: int,
    rng: np.random.Generator,
) -> Iterator[tuple[dict[str, Any], Student]]:
    """Every training set of both mechanisms, each at sizes (d, N) of its own: columns that tell mechanism, d, N and
    trial, and its students.

    Parameters
    ----------
    mean_square : |mu|^2 of the mixture, for the mechanism "angles".
    penalty : ridge strength lambda.
    trials : training sets; with "vectors" each has vectors of its own.
    """
    sweeps: dict[Mechanism, Sequence[tuple[int, int]]] = {"angles": angle_sizes, "vectors": vector_sizes}
    for (mechanism, sizes), half in zip(sweeps.items(), rng.spawn(2), strict=True):
        for dimension, n_points in sizes:
            for trial, stream in enumerate(half.spawn(trials)):
                student = _one_training_set(mechanism, dimension, n_points, mean_square, penalty, stream)
                cell = {"mechanism": mechanism, "dimension": dimension, "n_points": n_points, "trial": trial}
                yield cell, student


def _one_training_set(
    mechanism: Mechanism, dimension: int, n_points: int, mean_square: float, penalty: float, rng: np.random.Generator
) -> Student:
    """Draw one training set; settings are tried on it later."""
    if mechanism == "vectors":
        pair = LinearPair(n_points=n_points, dimension=dimension, rng=rng)

        def student(p: NDArray, prune: NDArray, side: NDArray) -> tuple[NDArray, PruningRates]:
            signs, measured = pair.select(np.pi * p, prune, side)
            return pair.accuracy(signs, penalty=penalty), measured

        return student
    on_mixture = student_of(n_points=n_points, dimension=dimension, mean_square=mean_square, penalty=penalty, rng=rng)

    def student(p: NDArray, prune: NDArray, side: NDArray) -> tuple[NDArray, PruningRates]:
        rates = isotropic_rates(np.pi * p, prune, verifier_angle(np.pi * p, prune, side))
        accuracy, _ = on_mixture(p, np.nan_to_num(rates.phi), np.nan_to_num(rates.psi))
        unknown = np.full(len(p), np.nan)
        return accuracy, PruningRates(unknown, unknown, unknown)

    return student


def grid(theta_prune: Sequence[float], dihedral: Sequence[float], values: Sequence[float]) -> tuple[NDArray, ...]:
    """Angle of the verifier, dihedral angle and value of every combination, flattened: (P * D * V,) each."""
    prune, side, value = np.meshgrid(theta_prune, dihedral, np.asarray(values, dtype=float), indexing="ij")
    return prune.ravel(), side.ravel(), value.ravel()
