"""Ridge students whose penalty falls with the sample size, simulated: Dohmatob et al. 2024."""

from typing import TYPE_CHECKING

import numpy as np
from pydantic import Field

from uncollapse.theory.power_law_settings import PowerLawSettings
from uncollapse.theory.schemas.adaptive_ridge import SCHEMA

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["SCHEMA", "Settings", "simulate"]


class Settings(PowerLawSettings):
    """Settings of the simulated students."""

    n_points: tuple[int, ...] = Field((256, 512, 1024, 2048, 4096, 8192), min_length=2, description="T.")
    trials: int = Field(40, ge=2, description="Training sets per T.")


def simulate(settings: Settings, rng: np.random.Generator) -> "pd.DataFrame":
    """See :func:`uncollapse.theory.adaptive_sweep.adaptive_sweep`."""
    from uncollapse.theory.adaptive_sweep import adaptive_sweep

    return adaptive_sweep(**settings.model_dump(), rng=rng)
