"""Relative error against n' for every generator and verifier: Figure 3 of Feng et al. 2024, both rows."""

import math
from typing import TYPE_CHECKING, Literal

import numpy as np
from pydantic import Field

from uncollapse.settings.values import Strict
from uncollapse.theory.schemas.finite_sample import SCHEMA

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["SCHEMA", "Settings", "simulate"]


class Settings(Strict):
    """Section 4 of Feng et al. 2024 (v1)."""

    dimension: int = Field(
        107,
        ge=2,
        description="d. Open; the caption's Bayes accuracy of 94% at tau = 0.15 means Phi(0.15 sqrt(d)) = 0.94.",
    )
    tau: float = Field(0.15, gt=0, description="Overlap (Figure 3).")
    n_synthetic: int = Field(1_000_000, ge=1, description="N_1 (Figure 3).")
    n_original: tuple[int, ...] = Field(
        (150, 500, 2000, 20_000),
        min_length=1,
        description="N_0 > d. Open; generators with 77%, 90%, 93% and 93.9% accuracy, from far below to above what the "
        "verifiers at pi/6 (91%) and pi/12 (93.3%) have.",
    )
    verifier_angles: tuple[float, ...] = Field((0.0, math.pi / 12, math.pi / 6), description="theta_prune (Figure 3).")
    labels: Literal["sampled", "thresholded"] = Field(
        "sampled",
        description="The text says labels come 'with sigmoid', so they are drawn from it; 'thresholded' takes the "
        "likelier label instead.",
    )
    selected: tuple[int, ...] = Field(
        (100, 215, 464, 1000, 2154, 4642, 10_000, 21_544, 46_416, 100_000, 215_443, 464_159),
        min_length=1,
        description="n'. Open; three per decade up to what the verifiers keep of 10^6.",
    )
    penalty: float = Field(
        1.0,
        gt=0,
        description="lambda N_1 of eq. 1. Open; 1 is scikit-learn's default C. It sets where the sweet spot lies: at "
        "100 the minima move from n' of some 10^3 to some 10^4.",
    )
    tolerance: float = Field(
        3e-4,
        gt=0,
        description="Share of the gradient at zero that is left when a fit stops; 1e-4 changes no error by 1e-4.",
    )
    trials: int = Field(
        10, ge=3, description="Independent pools, verifiers and generators; effects are 10 times the intervals."
    )


def simulate(settings: Settings, rng: np.random.Generator) -> "pd.DataFrame":
    """See :func:`uncollapse.theory.finite_sample_curves.finite_sample_curves`."""
    from uncollapse.theory.finite_sample_curves import finite_sample_curves

    return finite_sample_curves(**settings.model_dump(), rng=rng)
