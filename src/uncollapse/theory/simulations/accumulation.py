"""Replace, accumulate and accumulate-subsample on the authors' grid: Gerstgrasser et al. 2024."""

from typing import TYPE_CHECKING

import numpy as np
from pydantic import Field

from uncollapse.settings.values import Strict
from uncollapse.theory.accumulation_policy import Policy
from uncollapse.theory.schemas.accumulation import SCHEMA

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["SCHEMA", "Settings", "simulate"]


class Settings(Strict):
    """The grid of the authors' code."""

    policies: tuple[Policy, ...] = Field(
        ("replace", "accumulate", "accumulate-subsample"),
        min_length=1,
        description="The three settings of the authors' code.",
    )
    dimensions: tuple[int, ...] = Field((1, 3, 10, 32, 100), min_length=1, description="d, of the authors' code.")
    n_points: tuple[int, ...] = Field((10, 32, 100, 316, 1000), min_length=1, description="T, of the authors' code.")
    noise_variances: tuple[float, ...] = Field(
        (0.1, 1.0, 10.0), min_length=1, description="sigma^2, of the authors' code."
    )
    rounds: tuple[int, ...] = Field(
        (1, 2, 3, 4, 5, 6, 8, 10, 15, 20, 30, 50, 75, 100),
        min_length=2,
        description="Of 100 rounds (the authors' code), those recorded.",
    )
    trials: int = Field(100, ge=2, description="The authors' number of seeds.")
    row_trials: int = Field(
        10, ge=2, description="For subsamples and T < d + 2, which need the rows: their cost is the rows'."
    )


def simulate(settings: Settings, rng: np.random.Generator) -> "pd.DataFrame":
    """See :func:`uncollapse.theory.accumulation_sweep.accumulation_sweep`."""
    from uncollapse.theory.accumulation_sweep import accumulation_sweep

    return accumulation_sweep(**settings.model_dump(), rng=rng)
