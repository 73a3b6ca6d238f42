"""Accuracy against p = theta_gen / pi for linear generators and verifiers: Figure 2 of Feng et al. 2024 (v1)."""

from typing import TYPE_CHECKING

import numpy as np
from pydantic import Field

from uncollapse.theory.linear_verifier_settings import LinearVerifierSettings
from uncollapse.theory.schemas.supervised_curves import SCHEMA

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["SCHEMA", "Settings", "simulate"]


class Settings(LinearVerifierSettings):
    """Settings of the accuracy curves."""

    error_rates: tuple[float, ...] = Field(
        tuple(round(0.05 * i, 2) for i in range(21)), min_length=1, description="p = theta_gen / pi; grid open."
    )
    trials: int = Field(10, ge=2, description="Training sets, with vectors of their own, per curve.")


def simulate(settings: Settings, rng: np.random.Generator) -> "pd.DataFrame":
    """See :func:`uncollapse.theory.supervised_pruning.supervised_curves`."""
    from uncollapse.theory.supervised_pruning import both_mechanisms, supervised_curves

    return both_mechanisms(supervised_curves, rng=rng, **settings.model_dump())
