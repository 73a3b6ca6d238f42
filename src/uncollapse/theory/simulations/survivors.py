"""Labels whose error rate depends on the class: Propositions E.3 and E.4 of Feng et al. 2024 (v1)."""

from typing import TYPE_CHECKING

import numpy as np
from pydantic import Field

from uncollapse.settings.values import Strict
from uncollapse.theory.schemas.survivors import SCHEMA

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["SCHEMA", "Settings", "simulate"]


class Settings(Strict):
    """Settings of both cases of Condition D.1: b = -a (symmetric) and b = 0 (skewed)."""

    sizes: tuple[tuple[int, int], ...] = Field(
        ((50, 1000), (100, 2000), (200, 4000)), min_length=1, description="(d, N); open, as for Figure 5."
    )
    mean_square: float = Field(0.5, ge=0, lt=1, description="a; as for Figure 5.")
    penalty: float = Field(1e-2, gt=0, description="lambda; as for Figure 5.")
    phi: float = Field(0.9, ge=0, le=1, description="A verifier that is neither absent nor perfect; open in the paper.")
    psi: float = Field(0.5, ge=0, le=1, description="As phi.")
    settings_per_trial: int = Field(40, ge=1, description="Random pairs of error rates (p_0, p_1) per training set.")
    trials: int = Field(25, ge=2, description="Training sets: 25 x 40 = 1000 runs per size and case.")


def simulate(settings: Settings, rng: np.random.Generator) -> "pd.DataFrame":
    """See :func:`uncollapse.theory.class_dependent_errors.class_dependent_errors`."""
    import pandas as pd

    from uncollapse.theory.class_dependent_errors import class_dependent_errors

    tables = [
        class_dependent_errors(case=case, **settings.model_dump(), rng=stream)
        for case, stream in zip(("symmetric", "skewed"), rng.spawn(2), strict=True)
    ]
    return pd.concat(tables, ignore_index=True)
