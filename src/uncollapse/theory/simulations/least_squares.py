"""Least squares on its own labels over n rounds: Dohmatob et al. 2024."""

from typing import TYPE_CHECKING

import numpy as np
from pydantic import Field

from uncollapse.settings.values import Strict
from uncollapse.theory.schemas.least_squares import SCHEMA

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["SCHEMA", "Settings", "simulate"]


class Settings(Strict):
    """Settings of the unregularised fits, with data of constant and of growing size."""

    dimension: int = Field(50, ge=1, description="d. The slides have no numbers; fits of tens of parameters.")
    rounds: int = Field(30, ge=2, description="n: long enough to tell linear from logarithmic growth.")
    first_fits: tuple[tuple[int, float], ...] = Field(
        ((200, 1.0), (100, 1.0), (200, 2.0)),
        min_length=1,
        description="(T, sigma): one fit, one with less data, one with more noise.",
    )
    n_generated: int = Field(200, ge=1, description="T_0; phi_0 = 1/4.")
    generated_noise: float = Field(1.0, gt=0, description="sigma_0, as sigma of the first fit.")
    truth_norm: float = Field(
        1.0, gt=0, description="|w_0|_S, so that SNR = SNR_0 = 1 and the ratio passes 1 after round 2."
    )
    trials: int = Field(1000, ge=2, description="A round costs d + 1 random numbers, so many are free: the mean to 1%.")


def simulate(settings: Settings, rng: np.random.Generator) -> "pd.DataFrame":
    """See :func:`uncollapse.theory.least_squares_sweep.least_squares_sweep`."""
    import pandas as pd

    from uncollapse.theory.least_squares_sweep import least_squares_sweep

    tables = [
        least_squares_sweep(**settings.model_dump(), growing=growing, rng=stream)
        for growing, stream in zip((False, True), rng.spawn(2), strict=True)
    ]
    return pd.concat(tables, ignore_index=True)
