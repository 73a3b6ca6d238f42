"""Crossings of accuracy 1/2 for linear generators and verifiers: Figure 2 of Feng et al. 2024 (v1)."""

import numpy as np
from pydantic import Field

from uncollapse.theory.linear_verifier_settings import SETTING, LinearVerifierSettings
from uncollapse.theory.table import TRIAL, Blocks, number, table


class Settings(LinearVerifierSettings):
    """Settings of the crossings."""

    bisections: int = Field(10, ge=1, description="Crossings of 1/2 are found to 2^-10.")
    trials: int = Field(40, ge=2, description="Training sets per crossing.")


SCHEMA = table(
    key="mechanism dimension n_points theta_prune dihedral trial",
    columns=[
        *SETTING,
        number("predicted", "1 - theta_prune / pi"),
        TRIAL,
        number("measured", "p at which accuracy passes 1/2"),
    ],
)


def simulate(settings: Settings, rng: np.random.Generator) -> Blocks:
    """The p = theta_gen / pi at which each training set's accuracy passes 1/2; predicted: 1 - theta_prune / pi."""
    from uncollapse.theory.mixture_pruning import last_reaching
    from uncollapse.theory.supervised_pruning import grid, students

    prune, side, _ = grid(settings.theta_prune, settings.dihedral, [0.0])
    world = settings.model_dump(exclude={"theta_prune", "dihedral", "bisections"})
    for cell, student in students(**world, rng=rng):
        measured = last_reaching(
            lambda p, student=student: student(p, prune, side)[0],
            level=np.full(len(prune), 0.5),
            bisections=settings.bisections,
        )
        yield {
            **cell,
            "theta_prune": prune,
            "dihedral": side,
            "predicted": 1 - prune / np.pi,
            "measured": measured,
        }
