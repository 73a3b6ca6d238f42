"""Accuracy on the clean training points minus test accuracy: Remark D.5 of Feng et al. 2024 (v1)."""

from typing import TYPE_CHECKING

import numpy as np
from pydantic import Field

from uncollapse.settings.values import Strict
from uncollapse.theory.schemas.margin_gap import SCHEMA

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["SCHEMA", "Settings", "simulate"]


class Settings(Strict):
    """Settings of the gap against N."""

    dimension: int = Field(20, ge=1, description="d, fixed while N grows; small, so that N / d covers 12 to 800.")
    sizes: tuple[int, ...] = Field((250, 500, 1000, 2000, 4000, 8000, 16000), min_length=2, description="N.")
    separation: float = Field(
        1.5,
        gt=0,
        description="Distance of a class mean from the boundary in standard deviations. With the |mu|^2 of Figure 5 "
        "both accuracies are 1 and no gap exists; 1.5 gives a Bayes accuracy of 93%, that of Figure 3.",
    )
    penalty: float = Field(1e-3, gt=0, description="lambda; smaller than for Figure 5, since the signal is weaker.")
    error_rates: tuple[float, ...] = Field((0.0, 0.2, 0.4), min_length=1, description="p.")
    phi: float = Field(0.9, ge=0, le=1, description="A verifier that is neither absent nor perfect; open in the paper.")
    psi: float = Field(0.5, ge=0, le=1, description="As phi.")
    trials: int = Field(200, ge=2, description="Training sets per N: at 200 the slope is known to about 0.03.")


def simulate(settings: Settings, rng: np.random.Generator) -> "pd.DataFrame":
    """See :func:`uncollapse.theory.margin_gap.train_test_gap`."""
    from uncollapse.theory.margin_gap import train_test_gap

    return train_test_gap(**settings.model_dump(), rng=rng)
