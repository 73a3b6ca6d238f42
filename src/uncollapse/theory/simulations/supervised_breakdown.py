"""Crossings of accuracy 1/2 for linear generators and verifiers: Figure 2 of Feng et al. 2024 (v1)."""

from typing import TYPE_CHECKING

import numpy as np
from pydantic import Field

from uncollapse.theory.linear_verifier_settings import LinearVerifierSettings
from uncollapse.theory.schemas.supervised_breakdown import SCHEMA

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["SCHEMA", "Settings", "simulate"]


class Settings(LinearVerifierSettings):
    """Settings of the crossings."""

    bisections: int = Field(10, ge=1, description="Crossings of 1/2 are found to 2^-10.")
    trials: int = Field(40, ge=2, description="Training sets per crossing.")


def simulate(settings: Settings, rng: np.random.Generator) -> "pd.DataFrame":
    """See :func:`uncollapse.theory.supervised_pruning.supervised_breakdown`."""
    from uncollapse.theory.supervised_pruning import both_mechanisms, supervised_breakdown

    return both_mechanisms(supervised_breakdown, rng=rng, **settings.model_dump())
