"""Figure 2 of Feng et al. 2024 (v1): generator and verifier are linear models, and only three angles matter.

Two mechanisms produce the same p, phi and psi, and both are simulated:

- "angles": the angles give p, phi and psi (`pruning_rates.isotropic_rates`), with which labels of a Gaussian mixture
  are wrong and kept independently of the features. This is what Theorem 3.2 is about; accuracy jumps from 1 to 0.
- "vectors": features x ~ N(0, I_d / d), labels sign(x . w_gen), kept where sign(x . w_prune) agrees. Errors now depend
  on x, and with N -> infinity accuracy tends to 1 - angle / pi of the bisector of the two vectors: it passes 1/2 at the
  same p_*, but without a jump.
"""

from collections.abc import Callable, Sequence
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from uncollapse.theory.breakdown import breakdown_point
from uncollapse.theory.gaussian_mixture import LabelFlips, draw_mixture, selected_signs
from uncollapse.theory.linear_accuracy import agreement_with_bayes, bisector_cosine
from uncollapse.theory.linear_pair import LinearPair
from uncollapse.theory.mixture_pruning import last_reaching, student_accuracy
from uncollapse.theory.pruning_rates import PruningRates, isotropic_rates, verifier_angle

Mechanism = Literal["angles", "vectors"]
#: Maps p, theta_prune and dihedral, (S,) each, to accuracies (S,) and the rates measured on the training set.
Student = Callable[[NDArray, NDArray, NDArray], tuple[NDArray, PruningRates]]


def both_mechanisms(
    simulate: Callable[..., pd.DataFrame],
    *,
    angle_sizes: Sequence[tuple[int, int]],
    vector_sizes: Sequence[tuple[int, int]],
    rng: np.random.Generator,
    **arguments: Any,
) -> pd.DataFrame:
    """`supervised_curves` or `supervised_breakdown` of both mechanisms, each at sizes (d, N) of its own."""
    tables = [
        simulate(mechanism=mechanism, sizes=sizes, rng=stream, **arguments)
        for (mechanism, sizes), stream in zip(
            {"angles": angle_sizes, "vectors": vector_sizes}.items(), rng.spawn(2), strict=True
        )
    ]
    return pd.concat(tables, ignore_index=True)


def supervised_curves(
    *,
    mechanism: Mechanism,
    sizes: Sequence[tuple[int, int]],
    mean_square: float,
    penalty: float,
    theta_prune: Sequence[float],
    dihedral: Sequence[float],
    error_rates: ArrayLike,
    trials: int,
    rng: np.random.Generator,
) -> pd.DataFrame:
    """Accuracy against the generator's error rate p = theta_gen / pi for linear verifiers at several angles.

    Parameters
    ----------
    mechanism : "angles" or "vectors"
    sizes : sequence of (d, N)
    mean_square : |mu|^2 of the mixture, for the mechanism "angles".
    penalty : ridge strength lambda.
    theta_prune, dihedral : angles in radians: of the verifier to the truth, and between the parts of generator and
        verifier orthogonal to it.
    error_rates : values of p in [0, 1].
    trials : training sets; with "vectors" each has vectors of its own.

    Returns
    -------
    One row per size, verifier, p and trial: mechanism, dimension, n_points, theta_prune, dihedral, theta, error_rate,
        phi, psi, breakdown_point (all three predicted), trial, measured_error_rate, measured_phi, measured_psi (NaN for
        "angles"), accuracy, limit_accuracy (N -> infinity).
    """
    prune, side, p = _grid(theta_prune, dihedral, np.asarray(error_rates, dtype=float))
    theta = verifier_angle(np.pi * p, prune, side)
    predicted = isotropic_rates(np.pi * p, prune, theta)
    star = breakdown_point(np.nan_to_num(predicted.phi), np.nan_to_num(predicted.psi))
    if mechanism == "angles":
        limit = np.where(p < star, 1.0, 0.0)
    else:
        limit = agreement_with_bayes(bisector_cosine(np.pi * p, prune, theta), separation=0.0)
    blocks = []
    for dimension, n_points in sizes:
        for trial, stream in enumerate(rng.spawn(trials)):
            accuracy, measured = _one_training_set(mechanism, dimension, n_points, mean_square, penalty, stream)(
                p, prune, side
            )
            blocks.append(
                {
                    "mechanism": mechanism,
                    "dimension": dimension,
                    "n_points": n_points,
                    "theta_prune": prune,
                    "dihedral": side,
                    "theta": theta,
                    "error_rate": p,
                    "phi": predicted.phi,
                    "psi": predicted.psi,
                    "breakdown_point": star,
                    "trial": trial,
                    "measured_error_rate": measured.error_rate,
                    "measured_phi": measured.phi,
                    "measured_psi": measured.psi,
                    "accuracy": accuracy,
                    "limit_accuracy": limit,
                }
            )
    return pd.concat([pd.DataFrame(block) for block in blocks], ignore_index=True)


def supervised_breakdown(
    *,
    mechanism: Mechanism,
    sizes: Sequence[tuple[int, int]],
    mean_square: float,
    penalty: float,
    theta_prune: Sequence[float],
    dihedral: Sequence[float],
    bisections: int,
    trials: int,
    rng: np.random.Generator,
) -> pd.DataFrame:
    """The p = theta_gen / pi at which each training set's accuracy passes 1/2; predicted: 1 - theta_prune / pi.

    Parameters
    ----------
    bisections : the crossing is found to 2^-bisections.
    mechanism, sizes, mean_square, penalty, theta_prune, dihedral, trials, rng : as in `supervised_curves`.

    Returns
    -------
    One row per size, verifier and trial: mechanism, dimension, n_points, theta_prune, dihedral, predicted, trial,
        measured.
    """
    prune, side, _ = _grid(theta_prune, dihedral, np.zeros(1))
    half = np.full(len(prune), 0.5)
    blocks = []
    for dimension, n_points in sizes:
        for trial, stream in enumerate(rng.spawn(trials)):
            student = _one_training_set(mechanism, dimension, n_points, mean_square, penalty, stream)
            blocks.append(
                {
                    "mechanism": mechanism,
                    "dimension": dimension,
                    "n_points": n_points,
                    "theta_prune": prune,
                    "dihedral": side,
                    "predicted": 1 - prune / np.pi,
                    "trial": trial,
                    "measured": last_reaching(
                        lambda p, student=student: student(p, prune, side)[0],
                        level=half,
                        high=np.ones_like(half),
                        bisections=bisections,
                    ),
                }
            )
    return pd.concat([pd.DataFrame(block) for block in blocks], ignore_index=True)


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


def _grid(theta_prune: Sequence[float], dihedral: Sequence[float], values: NDArray) -> tuple[NDArray, NDArray, NDArray]:
    prune, side, value = np.meshgrid(theta_prune, dihedral, values, indexing="ij")
    return prune.ravel(), side.ravel(), value.ravel()
