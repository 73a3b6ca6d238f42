"""Density-sampling responses of documents among those of their own corpus (Zhu et al. 2024, Figure 12)."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from uncollapse.diagnostics.embedding_map import TWINS
from uncollapse.diagnostics.measurement import Measurement, measured
from uncollapse.errors import DataError
from uncollapse.passage_selection.density import CONCATENATED, COUNTERS, ROWS, DensitySketch
from uncollapse.statistics.bootstrap import resamples
from uncollapse.statistics.normal import share_error

NEAR_ZERO = 0.05  # of a kernel that is 1 for a document's twin
DRAWS = 400


def cell_width(embeddings: NDArray[np.floating], *, rng: np.random.Generator, pairs: int = 2000) -> float:
    """Width of a hash cell: the median distance of two documents, so that the kernel is neither 0 nor 1 everywhere."""
    first, second = rng.integers(len(embeddings), size=(2, pairs))
    gaps = np.linalg.norm(embeddings[first].astype(float) - embeddings[second], axis=1)
    return float(np.median(gaps[first != second]))


def responses(
    embeddings: Mapping[str, NDArray[np.floating]],
    *,
    seed: int,
    rows: int = ROWS,
    counters: int = COUNTERS,
    concatenated: int = CONCATENATED,
) -> dict[str, NDArray[np.float64]]:
    """Each document's mean kernel to the others of its corpus; one cell width, the first corpus's, for all.

    Raises
    ------
    DataError
        Where half the pairs of documents of the first corpus do not differ: no width comes from their distances.
    """
    name, first = next(iter(embeddings.items()))
    width = cell_width(first, rng=np.random.default_rng([seed, 0]))
    if not width > TWINS * np.abs(first).max():
        raise DataError(f"{name}: most of its documents have one and the same embedding; there is no density of them")
    found = {}
    for name, each in embeddings.items():
        sketch = DensitySketch(
            each.shape[1],
            width=width,
            rng=np.random.default_rng([seed, 1]),  # the same hashes for every corpus
            rows=rows,
            counters=counters,
            concatenated=concatenated,
        )
        parts = [each[start : start + 256] for start in range(0, len(each), 256)]
        for part in parts:
            sketch.add(part)
        found[name] = np.concatenate([sketch.responses(part, counted=True) for part in parts])
    return found


def measure(found: Mapping[str, NDArray[np.float64]], *, prior: str, rng: np.random.Generator) -> list[Measurement]:
    """Share of documents whose response is close to zero, and their mean."""
    rows: list[Measurement] = []
    weights = {name: resamples(len(each), draws=DRAWS, rng=rng) for name, each in found.items()}
    values = {name: 100 * float((each < NEAR_ZERO).mean()) for name, each in found.items()}
    draws = {name: 100 * (weights[name] @ (each < NEAR_ZERO)) / len(each) for name, each in found.items()}
    least = {name: 100 * share_error(float((each < NEAR_ZERO).sum()), len(each)) for name, each in found.items()}
    measure_name = f"responses below {NEAR_ZERO:g}"
    rows += measured("density", measure_name, draws, values, unit="%", prior=prior, bounds=(0, 100), least_errors=least)
    values = {name: float(each.mean()) for name, each in found.items()}
    draws = {name: weights[name] @ each / len(each) for name, each in found.items()}
    rows += measured("density", "mean response", draws, values, unit="", prior=prior)
    return rows
