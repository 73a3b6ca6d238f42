"""Density-sampling responses of documents among those of their own corpus (Zhu et al. 2024, Figure 12)."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from uncollapse.diagnostics import copies
from uncollapse.diagnostics.measurement import Measurement, measured
from uncollapse.statistics.normal import share_error

NEAR_ZERO = 0.05  # of a kernel that is 1 for a document's twin
DRAWS = 400


def measure(
    found: Mapping[str, NDArray[np.float64]],
    *,
    prior: str,
    rng: np.random.Generator,
    cluster: Mapping[str, NDArray[np.int64]] | None = None,
) -> list[Measurement]:
    """Share of documents whose response is close to zero, and their mean.

    Parameters
    ----------
    cluster : of each document by corpus, as :func:`uncollapse.diagnostics.copies.clusters` numbers them; none is a
        copy without it.
    """
    units = {name: copies.alone(len(each)) if cluster is None else cluster[name] for name, each in found.items()}
    weights = {name: copies.weights(each, draws=DRAWS, rng=rng) for name, each in units.items()}
    drawn = {name: each.sum(axis=1) for name, each in weights.items()}
    values = {name: 100 * float((each < NEAR_ZERO).mean()) for name, each in found.items()}
    draws = {name: 100 * (weights[name] @ (each < NEAR_ZERO)) / drawn[name] for name, each in found.items()}
    least = {}
    for name, each in found.items():
        distinct = copies.distinct(units[name])
        least[name] = 100 * share_error(float((each < NEAR_ZERO).sum()) * distinct / len(each), distinct)
    measure_name = f"responses below {NEAR_ZERO:g}"
    rows = measured("density", measure_name, draws, values, unit="%", prior=prior, bounds=(0, 100), least_errors=least)
    values = {name: float(each.mean()) for name, each in found.items()}
    draws = {name: weights[name] @ each / drawn[name] for name, each in found.items()}
    return rows + measured("density", "mean response", draws, values, unit="", prior=prior)
