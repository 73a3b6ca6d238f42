"""Ridge students with fixed penalties, after under- and over-parametrised generators: Dohmatob et al. 2024."""

from typing import TYPE_CHECKING

import numpy as np
from pydantic import Field

from uncollapse.settings.values import Strict
from uncollapse.theory.schemas.ridge import SCHEMA

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["SCHEMA", "Settings", "simulate"]


class Settings(Strict):
    """Settings of the ridge students."""

    dimension: int = Field(60, ge=2, description="d. The slides have no numbers.")
    beta: float = Field(0.5, ge=0, description="Spectrum j^-beta, mildly anisotropic, so that S matters.")
    rounds: int = Field(20, ge=4, description="n; twice as long as T_0 < d needs to forget.")
    n_points: int = Field(240, ge=1, description="T = 4 d.")
    noise: float = Field(0.5, ge=0, description="sigma: signal-to-noise 4.")
    n_generated: tuple[int, ...] = Field(
        (120, 30), min_length=1, description="T_0 = 2 d and d / 2: under- and over-parametrised generators."
    )
    generated_noise: float = Field(0.5, ge=0, description="sigma_0, as sigma.")
    penalties: tuple[float, ...] = Field(
        (1e-3, 1e-2, 1e-1, 1.0), min_length=1, description="lambda, from none to as large as S."
    )
    trials: int = Field(200, ge=2, description="Chains per setting.")


def simulate(settings: Settings, rng: np.random.Generator) -> "pd.DataFrame":
    """See :func:`uncollapse.theory.ridge_sweep.ridge_sweep`."""
    from uncollapse.theory.ridge_sweep import ridge_sweep

    return ridge_sweep(**settings.model_dump(), rng=rng)
