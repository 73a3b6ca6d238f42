"""Accuracy against the label error p for (phi, psi) verifiers: Figure 5 left of Feng et al. 2024 (v1)."""

from typing import TYPE_CHECKING

import numpy as np
from pydantic import Field

from uncollapse.theory.mixture_settings import MixtureSettings
from uncollapse.theory.schemas.mixture_curves import SCHEMA

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["SCHEMA", "Settings", "simulate"]


class Settings(MixtureSettings):
    """Settings of the accuracy curves."""

    error_rates: tuple[float, ...] = Field(
        tuple(round(0.025 * i, 3) for i in range(41)),
        min_length=1,
        description="p of Figure 5 left; its grid is open.",
    )
    trials: int = Field(10, ge=2, description="Training sets per curve: away from p_* they hardly differ.")


def simulate(settings: Settings, rng: np.random.Generator) -> "pd.DataFrame":
    """See :func:`uncollapse.theory.mixture_pruning.accuracy_curves`."""
    from uncollapse.theory.mixture_pruning import accuracy_curves

    return accuracy_curves(**settings.model_dump(), rng=rng)
