"""The minimum of a curve of error against sample size, and whether it is a real one.

The argmin of a noisy curve is a biased judge of its own depth: it picks the luckiest point. So the depth is measured on
trials that had no say in choosing the point (leave one out), and its interval comes from those trials. Curves are those
of Figure 3 of Feng et al. 2024: relative errors by trial and n'.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from uncollapse.statistics.intervals import mean_interval


@dataclass(frozen=True)
class SweetSpot:
    """The minimum of a mean curve.

    Attributes
    ----------
    size : sample size with the smallest mean error.
    size_low, size_high : 95% bootstrap interval of that size over trials.
    rise : error at the largest size minus error at the minimum; the minimum chosen without the trial it is measured on.
    rise_low, rise_high : 95% t interval of the rise over trials.
    interior : the bootstrap interval excludes both ends of the grid, and the rise's interval excludes zero.
    """

    size: int
    size_low: int
    size_high: int
    rise: float
    rise_low: float
    rise_high: float
    interior: bool


def find_sweet_spot(
    sizes: ArrayLike, errors: NDArray[np.float64], *, resamples: int, rng: np.random.Generator
) -> SweetSpot:
    """The minimum of error against sample size, from K independent trials on the same sizes.

    Parameters
    ----------
    sizes : (M,), increasing.
    errors : (K, M), K >= 3 trials without missing values.
    resamples : bootstrap resamples of the trials.

    Examples
    --------
    >>> curve = np.array([3.0, 1.0, 2.0]) + np.random.default_rng(0).normal(0, 0.01, (5, 3))
    >>> spot = find_sweet_spot([10, 100, 1000], curve, resamples=200, rng=np.random.default_rng(1))
    >>> spot.size, spot.interior
    (100, True)
    """
    grid = np.asarray(sizes)
    if errors.ndim != 2 or errors.shape[1] != len(grid) or len(errors) < 3:
        raise ValueError(f"expected at least 3 trials on {len(grid)} sizes, found an array of shape {errors.shape}")
    n_trials = len(errors)
    chosen = rng.integers(n_trials, size=(resamples, n_trials))
    bootstrap = np.argmin(errors[chosen].mean(axis=1), axis=1)
    low, high = (int(np.quantile(bootstrap, q, method="nearest")) for q in (0.025, 0.975))
    without = (errors.sum(axis=0) - errors) / (n_trials - 1)
    picked = np.argmin(without, axis=1)
    rise, rise_low, rise_high = mean_interval(errors[:, -1] - errors[np.arange(n_trials), picked])
    interior = low > 0 and high < len(grid) - 1 and rise_low > 0
    best = int(np.argmin(errors.mean(axis=0)))
    return SweetSpot(int(grid[best]), int(grid[low]), int(grid[high]), rise, rise_low, rise_high, bool(interior))


def error_table(curves: pd.DataFrame, *, n_original: int, selection: str) -> pd.DataFrame:
    """Relative errors of one curve: trials in rows, n' in columns."""
    rows = curves[(curves["n_original"] == n_original) & (curves["selection"] == selection)]
    return rows.pivot(index="trial", columns="selected", values="relative_error").dropna(axis=1)


def generators(curves: pd.DataFrame) -> list[int]:
    """N_0 of every generator, worst first."""
    return sorted(int(size) for size in curves["n_original"].unique() if size > 0)


def weak_verifiers(curves: pd.DataFrame) -> list[str]:
    """Selections by verifiers that are no oracle, best first."""
    angles = curves.loc[curves["angle"] > 0, ["angle", "selection"]].drop_duplicates().sort_values("angle")
    return angles["selection"].tolist()


def sweet_spots(curves: pd.DataFrame, *, resamples: int, rng: np.random.Generator) -> dict[tuple[int, str], SweetSpot]:
    """The minimum over n' of every weak verifier's curve, by N_0 and verifier."""
    spots = {}
    for size in generators(curves):
        for weak in weak_verifiers(curves):
            table = error_table(curves, n_original=size, selection=weak)
            spots[size, weak] = find_sweet_spot(table.columns, table.to_numpy(), resamples=resamples, rng=rng)
    return spots
