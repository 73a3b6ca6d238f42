"""Density-sampling responses of documents among those of their own corpus (Zhu et al. 2024, Figure 12)."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from uncollapse.diagnostics.measurement import Measurement, measured
from uncollapse.statistics.bootstrap import resamples
from uncollapse.statistics.normal import share_error

NEAR_ZERO = 0.05  # of a kernel that is 1 for a document's twin
DRAWS = 400


def measure(found: Mapping[str, NDArray[np.float64]], *, prior: str, rng: np.random.Generator) -> list[Measurement]:
    """Share of documents whose response is close to zero, and their mean."""
    weights = {name: resamples(len(each), draws=DRAWS, rng=rng) for name, each in found.items()}
    values = {name: 100 * float((each < NEAR_ZERO).mean()) for name, each in found.items()}
    draws = {name: 100 * (weights[name] @ (each < NEAR_ZERO)) / len(each) for name, each in found.items()}
    least = {name: 100 * share_error(float((each < NEAR_ZERO).sum()), len(each)) for name, each in found.items()}
    measure_name = f"responses below {NEAR_ZERO:g}"
    rows = measured("density", measure_name, draws, values, unit="%", prior=prior, bounds=(0, 100), least_errors=least)
    values = {name: float(each.mean()) for name, each in found.items()}
    draws = {name: weights[name] @ each / len(each) for name, each in found.items()}
    return rows + measured("density", "mean response", draws, values, unit="", prior=prior)
