"""Measured breakdown points of (phi, psi) verifiers: Theorem 3.2 and Figure 5 right of Feng et al. 2024 (v1)."""

import numpy as np
from pydantic import Field

from uncollapse.settings.values import Count, Rate
from uncollapse.theory.mixture_settings import BREAKDOWN_POINT, MixtureSettings
from uncollapse.theory.table import DIMENSION, N_POINTS, PHI, PSI, TRIAL, Blocks, number, table, word


class Settings(MixtureSettings):
    """Settings of the measured breakdown points."""

    fixed_dimension_sizes: tuple[tuple[Count, Count], ...] = Field(
        ((100, 500), (100, 2000), (100, 8000), (100, 32000)),
        min_length=1,
        description="(d, N) for the growth in N alone that Theorem 3.2 speaks of.",
    )
    levels: tuple[Rate, ...] = Field(
        (0.9, 0.5, 0.1),
        min_length=1,
        description="Accuracies whose crossing is measured: 0.9 is the paper's, 0.1 bounds the transition.",
    )
    slack: float = Field(0.1, ge=0, lt=1, description="t of Figure 5 right.")
    bisections: int = Field(
        10, ge=1, description="Crossings are found to 2^-10, far below their spread over training sets."
    )
    trials: int = Field(30, ge=2, description="Training sets per measured breakdown point.")


SCHEMA = table(
    key="growth dimension n_points phi psi level trial",
    columns=[
        word("growth", "what grows along the sizes: 'd and N', or 'N'"),
        DIMENSION,
        N_POINTS,
        PHI,
        PSI,
        BREAKDOWN_POINT,
        number("breakdown_lower", "p_*^-(t), predicted"),
        number("level", "accuracy whose crossing is measured"),
        TRIAL,
        number("measured", "largest p at which this accuracy is reached"),
    ],
)


def simulate(settings: Settings, rng: np.random.Generator) -> Blocks:
    """sup{p : accuracy >= level} of each training set, found by bisection; column ``growth`` tells what grows."""
    from uncollapse.theory.breakdown import breakdown_lower, breakdown_point
    from uncollapse.theory.mixture_pruning import grid, last_reaching, students

    phi, psi, level = grid(settings.pruners, settings.levels)
    world = settings.model_dump(include={"mean_square", "penalty", "trials"})
    growing = {"d and N": settings.sizes, "N": settings.fixed_dimension_sizes}
    for (growth, sizes), half in zip(growing.items(), rng.spawn(2), strict=True):
        for cell, student in students(sizes=sizes, **world, rng=half):
            measured = last_reaching(
                lambda p, student=student: student(p, phi, psi)[0], level=level, bisections=settings.bisections
            )
            yield {
                **cell,
                "phi": phi,
                "psi": psi,
                "breakdown_point": breakdown_point(phi, psi),
                "breakdown_lower": breakdown_lower(phi, psi, slack=settings.slack),
                "level": level,
                "measured": measured,
                "growth": growth,
            }
