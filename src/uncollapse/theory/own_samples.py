"""Gaussians and kernel density estimates on their own samples: what they expect to be after g generations, and draws.

One dimension; real rows have mean 0 and variance 1. A model fitted to m rows with sum of squares S around their mean
has their mean and the variance S / (m - c) + h^2: c is 1 for an unbiased variance and 0 for the likelihood's maximum;
h is a kernel's bandwidth, 0 for a Gaussian. All that is expected follows from what one step does to expectations, which
is linear in S: n rows of a model of variance V have sum of squares (n - 1) V around their mean, which lies V / n from
the model's. For accumulated rows of Gaussians at the likelihood's maximum the expected variance after g generations is
the product of 1 - 1 / (n i^2) over i <= g + 1, above sin(pi / sqrt n) / (pi / sqrt n) for ever (Kazdan et al. 2024).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Policy = Literal["replace", "accumulate", "accumulate-subsample", "replace-multiple"]


@dataclass(frozen=True)
class Estimator:
    """Estimator of a variance from rows: ``correction`` c, and the bandwidth h."""

    correction: int = 0
    bandwidth: float = 0.0

    def variance(self, squares: NDArray[np.float64] | float, rows: int) -> NDArray[np.float64] | float:
        """Variance of the model from the sum of squares of its rows around their mean."""
        return squares / (rows - self.correction) + self.bandwidth**2


def expected(policy: Policy, estimator: Estimator, *, n_points: int, generations: int) -> NDArray[np.float64]:
    """Expected variance of each generation's model, and expected squared distance of its mean from 0.

    Parameters
    ----------
    n_points : n, rows of generation 0, and of each that is written.

    Returns
    -------
    (generations + 1, 2)

    Examples
    --------
    >>> expected("replace", Estimator(), n_points=4, generations=2)[:, 0].tolist()
    [0.75, 0.5625, 0.421875]
    """
    n, found = n_points, []
    pool, squares, off = n, float(n - 1), 1 / n  # all rows so far: their number, S, and their mean's squared distance
    for generation in range(generations + 1):
        rows = {"accumulate": pool, "replace-multiple": n * (generation + 1)}.get(policy, n)
        spread = 0.0  # of a subsample's mean around that of all rows
        fitted = squares
        if policy == "accumulate-subsample":
            fitted = (n - 1) * squares / (pool - 1)
            spread = squares / (pool - 1) / n * (1 - n / pool)
        variance = float(estimator.variance(fitted, rows))
        found.append((variance, off + spread))
        if policy in ("replace", "replace-multiple"):
            written = n if policy == "replace" else n * (generation + 2)
            squares, off = (written - 1) * variance, off + variance / written
        else:
            step = spread + variance / n
            squares += (n - 1) * variance + n * pool / (pool + n) * step
            off += (n / (pool + n)) ** 2 * step
            pool += n
    return np.array(found)


def accumulation_floor(n_points: int) -> float:
    """Expected variance of Gaussians on accumulated rows after ever so many generations: sin(x) / x, x = pi / sqrt n.

    >>> round(accumulation_floor(10), 3)
    0.843
    """
    return float(np.sinc(1 / np.sqrt(n_points)))


def simulate(
    policy: Policy, estimator: Estimator, *, n_points: int, generations: int, trials: int, rng: np.random.Generator
) -> NDArray[np.float64]:
    """Variance and squared distance of the mean of each generation's model, from rows that are really drawn.

    Returns
    -------
    (trials, generations + 1, 2)
    """
    found = np.empty((trials, generations + 1, 2))
    for generation, rows in enumerate(_rows(policy, estimator, n_points, trials, generations, rng)):
        squares = ((rows - rows.mean(1, keepdims=True)) ** 2).sum(1)
        found[:, generation, 0] = estimator.variance(squares, rows.shape[1])
        found[:, generation, 1] = rows.mean(1) ** 2
    return found


def _rows(
    policy: Policy, estimator: Estimator, n: int, trials: int, generations: int, rng: np.random.Generator
) -> Iterator[NDArray[np.float64]]:
    """Rows (trials, m) that each generation's model is fitted to."""
    pool = rng.standard_normal((trials, n))
    rows = pool
    for generation in range(generations + 1):
        if policy == "accumulate-subsample" and generation:
            places = rng.random(pool.shape).argpartition(n - 1, axis=1)[:, :n]
            rows = np.take_along_axis(pool, places, axis=1)
        yield rows
        if generation == generations:
            return
        written = _draw(rows, estimator, n * (generation + 2) if policy == "replace-multiple" else n, rng)
        if policy in ("replace", "replace-multiple"):
            rows = written
        else:
            pool = np.concatenate([pool, written], axis=1)
            rows = pool


def _draw(
    rows: NDArray[np.float64], estimator: Estimator, number: int, rng: np.random.Generator
) -> NDArray[np.float64]:
    """Rows (trials, number) of the models fitted to rows (trials, m)."""
    noise = rng.standard_normal((len(rows), number))
    if estimator.bandwidth:
        drawn = np.take_along_axis(rows, rng.integers(rows.shape[1], size=noise.shape), axis=1)
        return drawn + estimator.bandwidth * noise
    mean = rows.mean(1, keepdims=True)
    variance = estimator.variance(((rows - mean) ** 2).sum(1), rows.shape[1])
    return mean + np.sqrt(variance)[:, None] * noise
