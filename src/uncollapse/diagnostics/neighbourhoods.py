"""Coverage of two clouds of embeddings by each other: precision, recall, density and coverage by nearest neighbours.

Precision and recall: Kynkäänniemi et al. 2019; density and coverage: Naeem et al. 2020, with k = 5 as there.
"""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from uncollapse.diagnostics import copies
from uncollapse.diagnostics.measurement import Measurement, measured
from uncollapse.errors import DataError

NEIGHBOURS = 5
DRAWS = 40
LEAST = 8 * NEIGHBOURS
DISTINCT = LEAST // 2  # in a cloud


def distances(points: NDArray[np.floating], others: NDArray[np.floating]) -> NDArray[np.float64]:
    """Euclidean distances (N, M)."""
    first, second = points.astype(np.float64), others.astype(np.float64)
    squares = (first**2).sum(axis=1)[:, None] + (second**2).sum(axis=1) - 2 * first @ second.T
    return np.sqrt(np.maximum(squares, 0))


def coverage_measures(
    real: NDArray[np.float64], fake: NDArray[np.float64], across: NDArray[np.float64]
) -> dict[str, float]:
    """Coverage measures of two clouds from the distances within (N, N), (M, M) and across (N, M) them, by real point.

    Returns
    -------
    precision : share of fake points within reach of a real one, its reach being the distance to its k-th neighbour
    recall : share of real points within reach of a fake one
    density : number of real points that a fake one is within reach of, over k
    coverage : share of real points with a fake one within their own reach
    energy : energy distance, 2 E|x - y| - E|x - x'| - E|y - y'|, without bias, in the unit of the distances
    """
    reach_real = np.partition(real, NEIGHBOURS, axis=1)[:, NEIGHBOURS]
    reach_fake = np.partition(fake, NEIGHBOURS, axis=1)[:, NEIGHBOURS]
    near_real = across <= reach_real[:, None]
    count, others = len(real), len(fake)
    within = real.sum() / (count * (count - 1)) + fake.sum() / (others * (others - 1))
    return {
        "precision": float(near_real.any(axis=0).mean()),
        "recall": float((across <= reach_fake).any(axis=1).mean()),
        "density": float(near_real.sum() / (NEIGHBOURS * others)),
        "coverage": float((across.min(axis=1) <= reach_real).mean()),
        "energy": float(2 * across.mean() - within),
    }


def measure(
    embeddings: Mapping[str, NDArray[np.floating]],
    *,
    prior: str,
    rng: np.random.Generator,
    cluster: Mapping[str, NDArray[np.int64]] | None = None,
) -> list[Measurement]:
    """Coverage of one half of the first corpus by each of the others, and by the first's other half for comparison.

    All clouds have the same number of points. Intervals come from random halves of them, whose spread is that of the
    whole (a bootstrap would put points on top of each other and spoil the neighbours). Copies are in one half.

    Parameters
    ----------
    cluster : of each document by corpus, as :func:`uncollapse.diagnostics.copies.clusters` numbers them; none is a
        copy without it.

    Raises
    ------
    DataError
        For too few points, or distinct ones.
    """
    first, *others = embeddings
    size = min(len(embeddings[first]) // 2, *(len(embeddings[name]) for name in others))
    if size < LEAST:
        raise DataError(f"{size} points a cloud; coverage takes {LEAST} at least (twice that of {first})")
    units = {name: copies.alone(len(each)) if cluster is None else cluster[name] for name, each in embeddings.items()}
    order = copies.together(rng.permutation(len(embeddings[first])), units[first])
    size, second_half = _halves(units[first][order], size)
    chosen = {first: order[second_half : second_half + size]}
    for name in others:
        chosen[name] = copies.together(rng.permutation(len(embeddings[name])), units[name])[:size]
    real = embeddings[first][order[:size]]
    unit_of_real = copies.numbered(units[first][order[:size]])
    unit_of = {name: copies.numbered(units[name][rows]) for name, rows in chosen.items()}
    for name, each in (*unit_of.items(), (first, unit_of_real)):
        if copies.distinct(each) < DISTINCT:
            raise DataError(
                f"{name}: {len(each)} points a cloud are {copies.distinct(each)} distinct documents; coverage takes"
                f" {DISTINCT} at least"
            )
    inside = distances(real, real)
    orders = [rng.permutation(size) for _ in range(DRAWS)]
    found: dict[str, list[dict[str, float]]] = {}
    for name, rows_of_cloud in chosen.items():
        cloud = embeddings[name][rows_of_cloud]
        own, across = distances(cloud, cloud), distances(real, cloud)
        found[name] = [coverage_measures(inside, own, across)]
        for drawn, drawn_other in zip(orders, orders[::-1], strict=True):
            half = copies.together(drawn, unit_of_real)[: size // 2]
            other = copies.together(drawn_other, unit_of[name])[: size // 2]
            found[name].append(
                coverage_measures(inside[np.ix_(half, half)], own[np.ix_(other, other)], across[np.ix_(half, other)])
            )
    rows = []
    for title, scale, unit, bounds in (
        ("coverage", 100, "%", (0, 100)),
        ("precision", 100, "%", (0, 100)),
        ("recall", 100, "%", (0, 100)),
        ("density", 1, "", (0, np.inf)),
        ("energy", 1, "", (-np.inf, np.inf)),
    ):
        values = {name: scale * each[0][title] for name, each in found.items()}
        draws = {name: scale * np.array([draw[title] for draw in each[1:]]) for name, each in found.items()}
        rows += measured("embeddings", title, draws, values, unit=unit, prior=prior, bounds=bounds)
    return rows


def _halves(units: NDArray[np.int64], size: int) -> tuple[int, int]:
    """How many documents each half has, ``size`` at most, and where the second begins, so that no cluster is in both.

    ``units`` (N,) are the clusters of documents that stand beside their copies.

    >>> _halves(np.array([0, 1, 2, 3]), 2), _halves(np.array([0, 1, 1, 2, 2, 3, 4]), 3)
    ((2, 2), (3, 3))
    >>> _halves(np.array([0, 1, 1, 1, 2, 3]), 3)
    (2, 4)
    """
    ends = np.append(np.flatnonzero(units[1:] != units[:-1]) + 1, len(units))
    while size and (start := int(ends[np.searchsorted(ends, size)])) + size > len(units):
        size -= 1
    return size, start if size else 0
