"""Accuracy against p = theta_gen / pi for linear generators and verifiers: Figure 2 of Feng et al. 2024 (v1)."""

import numpy as np
from pydantic import Field

from uncollapse.settings.values import Rate
from uncollapse.theory.linear_verifier_settings import SETTING, LinearVerifierSettings
from uncollapse.theory.table import TRIAL, Blocks, number, table


class Settings(LinearVerifierSettings):
    """Settings of the accuracy curves."""

    error_rates: tuple[Rate, ...] = Field(
        tuple(round(0.05 * i, 2) for i in range(21)), min_length=1, description="p = theta_gen / pi; grid open."
    )
    trials: int = Field(10, ge=2, description="Training sets, with vectors of their own, per curve.")


SCHEMA = table(
    key="mechanism dimension n_points theta_prune dihedral error_rate trial",
    columns=[
        *SETTING,
        number("theta", "angle between generator and verifier, radians"),
        number("error_rate", "p = theta_gen / pi"),
        number("phi", "predicted; NaN where no label is correct", nan=True),
        number("psi", "predicted; NaN where no label is wrong", nan=True),
        number("breakdown_point", "p_*, predicted; NaN where nothing is kept", nan=True),
        TRIAL,
        number("measured_error_rate", "of the training set; NaN for angles", nan=True),
        number("measured_phi", "of the training set; NaN for angles", nan=True),
        number("measured_psi", "of the training set; NaN for angles", nan=True),
        number("accuracy", "of the student: agreement with the Bayes classifier, a fraction"),
        number("limit_accuracy", "the same for N -> infinity, predicted"),
    ],
)


def simulate(settings: Settings, rng: np.random.Generator) -> Blocks:
    """Accuracy against the generator's error rate p = theta_gen / pi for linear verifiers at several angles."""
    from uncollapse.theory.breakdown import breakdown_point
    from uncollapse.theory.linear_accuracy import agreement_with_bayes, bisector_cosine
    from uncollapse.theory.pruning_rates import isotropic_rates, verifier_angle
    from uncollapse.theory.supervised_pruning import grid, students

    prune, side, p = grid(settings.theta_prune, settings.dihedral, settings.error_rates)
    theta = verifier_angle(np.pi * p, prune, side)
    predicted = isotropic_rates(np.pi * p, prune, theta)
    star = breakdown_point(np.nan_to_num(predicted.phi), np.nan_to_num(predicted.psi))
    limits = {
        "angles": np.where(p < star, 1.0, 0.0),
        "vectors": agreement_with_bayes(bisector_cosine(np.pi * p, prune, theta), separation=0.0),
    }
    world = settings.model_dump(exclude={"theta_prune", "dihedral", "error_rates"})
    for cell, student in students(**world, rng=rng):
        accuracy, measured = student(p, prune, side)
        yield {
            **cell,
            "theta_prune": prune,
            "dihedral": side,
            "theta": theta,
            "error_rate": p,
            "phi": predicted.phi,
            "psi": predicted.psi,
            "breakdown_point": star,
            "measured_error_rate": measured.error_rate,
            "measured_phi": measured.phi,
            "measured_psi": measured.psi,
            "accuracy": accuracy,
            "limit_accuracy": limits[cell["mechanism"]],
        }
