"""Measured breakdown points of (phi, psi) verifiers: Theorem 3.2 and Figure 5 right of Feng et al. 2024 (v1)."""

from typing import TYPE_CHECKING

import numpy as np
from pydantic import Field

from uncollapse.theory.mixture_settings import MixtureSettings
from uncollapse.theory.schemas.mixture_breakdown import SCHEMA

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["SCHEMA", "Settings", "simulate"]


class Settings(MixtureSettings):
    """Settings of the measured breakdown points."""

    fixed_dimension_sizes: tuple[tuple[int, int], ...] = Field(
        ((100, 500), (100, 2000), (100, 8000), (100, 32000)),
        min_length=1,
        description="(d, N) for the growth in N alone that Theorem 3.2 speaks of.",
    )
    levels: tuple[float, ...] = Field(
        (0.9, 0.5, 0.1),
        min_length=1,
        description="Accuracies whose crossing is measured: 0.9 is the paper's, 0.1 bounds the transition.",
    )
    slack: float = Field(0.1, ge=0, lt=1, description="t of Figure 5 right.")
    bisections: int = Field(
        10, ge=1, description="Crossings are found to 2^-10, far below their spread over training sets."
    )
    trials: int = Field(30, ge=2, description="Training sets per measured breakdown point.")


def simulate(settings: Settings, rng: np.random.Generator) -> "pd.DataFrame":
    """See :func:`uncollapse.theory.mixture_pruning.measured_breakdown`; column ``growth`` tells what grows."""
    import pandas as pd

    from uncollapse.theory.mixture_pruning import measured_breakdown

    common = settings.model_dump(exclude={"sizes", "fixed_dimension_sizes"})
    growing = {"d and N": settings.sizes, "N": settings.fixed_dimension_sizes}
    tables = [
        measured_breakdown(sizes=sizes, **common, rng=stream).assign(growth=growth)
        for (growth, sizes), stream in zip(growing.items(), rng.spawn(2), strict=True)
    ]
    return pd.concat(tables, ignore_index=True)
