"""Accuracy against the label error p for (phi, psi) verifiers: Figure 5 left of Feng et al. 2024 (v1)."""

import numpy as np
from pydantic import Field

from uncollapse.settings.values import Rate
from uncollapse.theory.mixture_settings import BREAKDOWN_POINT, MixtureSettings
from uncollapse.theory.table import DIMENSION, N_POINTS, PHI, PSI, TRIAL, Blocks, count, number, table


class Settings(MixtureSettings):
    """Settings of the accuracy curves."""

    error_rates: tuple[Rate, ...] = Field(
        tuple(round(0.025 * i, 3) for i in range(41)),
        min_length=1,
        description="p of Figure 5 left; its grid is open.",
    )
    trials: int = Field(10, ge=2, description="Training sets per curve: away from p_* they hardly differ.")


SCHEMA = table(
    key="dimension n_points phi psi error_rate trial",
    columns=[
        DIMENSION,
        N_POINTS,
        PHI,
        PSI,
        BREAKDOWN_POINT,
        number("error_rate", "p, share of wrong labels before selection"),
        TRIAL,
        count("kept", "examples that the verifier kept"),
        number("accuracy", "of the student: agreement with the Bayes classifier, a fraction"),
    ],
)


def simulate(settings: Settings, rng: np.random.Generator) -> Blocks:
    """Accuracy against p in growing dimensions and sets; Theorem 3.2 predicts a fall from 1 to 0 at p_*."""
    from uncollapse.theory.breakdown import breakdown_point
    from uncollapse.theory.mixture_pruning import grid, students

    phi, psi, p = grid(settings.pruners, settings.error_rates)
    world = settings.model_dump(include={"sizes", "mean_square", "penalty", "trials"})
    for cell, student in students(**world, rng=rng):
        accuracy, signs = student(p, phi, psi)
        yield {
            **cell,
            "phi": phi,
            "psi": psi,
            "breakdown_point": breakdown_point(phi, psi),
            "error_rate": p,
            "kept": np.count_nonzero(signs, axis=0),
            "accuracy": accuracy,
        }
