"""Figure 2 of Feng et al. 2024 (v1): generator and verifier are linear models, and only three angles matter.

Two mechanisms produce the same p, phi and psi, and both are simulated:

- "angles": the angles give p, phi and psi (`pruning_rates.isotropic_rates`), with which labels of a Gaussian mixture
  are wrong and kept independently of the features. This is what Theorem 3.2 is about; accuracy jumps from 1 to 0.
- "vectors": features x ~ N(0, I_d / d), labels sign(x . w_gen), kept where sign(x . w_prune) agrees. Errors now depend
  on x, and with N -> infinity accuracy tends to 1 - angle / pi of the bisector of the two vectors: it passes 1/2 at the
  same p_*, but without a jump.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from uncollapse.theory.gaussian_mixture import LabelFlips, draw_mixture, selected_signs
from uncollapse.theory.linear_pair import LinearPair
from uncollapse.theory.mixture_pruning import student_accuracy
from uncollapse.theory.pruning_rates import PruningRates, isotropic_rates, verifier_angle

Mechanism = Literal["angles", "vectors"]
#: Maps p, theta_prune and dihedral, (S,) each, to accuracies (S,) and the rates measured on the training set.
Student = Callable[[NDArray, NDArray, NDArray], tuple[NDArray, PruningRates]]


def students(
    *,
    angle_sizes: Sequence[tuple[int, int]],
    vector_sizes: Sequence[tuple[int, int]],
    mean_square: float,
    penalty: float,
    trials: int,
    rng: np.random.Generator,
) -> Iterator[tuple[Mechanism, int, int, int, Student]]:
    """Every training set of both mechanisms, each at sizes (d, N) of its own: mechanism, d, N, trial and its students.

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
                yield mechanism, dimension, n_points, trial, student


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
    mixture = draw_mixture(n_points=n_points, dimension=dimension, mean_square=mean_square, case="symmetric", rng=rng)
    flips = LabelFlips.draw(n_points, rng)

    def student(p: NDArray, prune: NDArray, side: NDArray) -> tuple[NDArray, PruningRates]:
        rates = isotropic_rates(np.pi * p, prune, verifier_angle(np.pi * p, prune, side))
        signs = selected_signs(
            mixture.labels, flips, error_rate=p, phi=np.nan_to_num(rates.phi), psi=np.nan_to_num(rates.psi)
        )
        unknown = np.full(len(p), np.nan)
        return student_accuracy(mixture, signs, penalty=penalty), PruningRates(unknown, unknown, unknown)

    return student


def grid(theta_prune: Sequence[float], dihedral: Sequence[float], values: Sequence[float]) -> tuple[NDArray, ...]:
    """Angle of the verifier, dihedral angle and value of every combination, flattened: (P * D * V,) each."""
    prune, side, value = np.meshgrid(theta_prune, dihedral, np.asarray(values, dtype=float), indexing="ij")
    return prune.ravel(), side.ravel(), value.ravel()
