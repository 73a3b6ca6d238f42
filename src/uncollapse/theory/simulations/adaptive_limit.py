"""Ridge students whose penalty falls with the sample size, in closed form at large T: Dohmatob et al. 2024."""

from typing import TYPE_CHECKING

import numpy as np
from pydantic import Field

from uncollapse.theory.power_law_settings import PowerLawSettings
from uncollapse.theory.schemas.adaptive_limit import SCHEMA

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["SCHEMA", "Settings", "simulate"]


class Settings(PowerLawSettings):
    """Settings of the closed form."""

    n_points: tuple[int, ...] = Field(
        (2**18, 2**20, 2**22, 2**24),
        min_length=2,
        description="T at which the closed form alone shows the limiting slope.",
    )


def simulate(settings: Settings, rng: np.random.Generator) -> "pd.DataFrame":
    """See :func:`uncollapse.theory.adaptive_sweep.adaptive_law`; nothing is random."""
    from uncollapse.theory.adaptive_sweep import adaptive_law

    return adaptive_law(**settings.model_dump())
