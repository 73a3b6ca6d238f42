"""The editing process itself, under several rules for what may be edited: Zhu et al. 2024, Sec. 3.2."""

from typing import TYPE_CHECKING

import numpy as np
from pydantic import Field

from uncollapse.settings.values import Strict
from uncollapse.theory.editing_rule import EditingRule
from uncollapse.theory.schemas.editing import SCHEMA

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["SCHEMA", "Settings", "simulate"]


class Settings(Strict):
    """Settings of the editing process."""

    dimension: int = Field(
        20, ge=1, description="d; the paper gives no numbers. With T = 200 the first fit's error is 0.11."
    )
    n_points: int = Field(200, ge=5, description="T.")
    noise: float = Field(1.0, gt=0, description="sigma; all errors are in units of the first fit's.")
    rules: tuple[EditingRule, ...] = Field(
        (
            EditingRule("disjoint", 0.1, 0.5**0.5, 10),
            EditingRule("fresh", 0.125, 0.5**0.5, 30),
            EditingRule("frozen", 0.125, 0.5**0.5, 30),
            EditingRule("frozen", 0.5, 0.5**0.5, 30),
            EditingRule("halving", 0.125, 0.5**0.5, 30),
            EditingRule("replace", 1.0, 0.5**0.5, 30),
        ),
        min_length=1,
        description="(policy, share, eta, edits). 12.5% is Table 9's share; disjoint sets of 10% exhaust the labels in "
        "10 edits; half of the labels shows that a frozen set must not be large; eta = sqrt(1/2) halves the number of "
        "edits.",
    )
    trials: int = Field(400, ge=2, description="Independent features, masks and noises: ratios to about 2%.")


def simulate(settings: Settings, rng: np.random.Generator) -> "pd.DataFrame":
    """See :func:`uncollapse.theory.editing_sweep.editing_sweep`."""
    from uncollapse.theory.editing_sweep import editing_sweep

    return editing_sweep(
        dimension=settings.dimension,
        n_points=settings.n_points,
        noise=settings.noise,
        rules=settings.rules,
        trials=settings.trials,
        rng=rng,
    )
