"""p_* of every threshold on a verifier's score: how strict should the selection be?"""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from uncollapse.proxy.estimate import breakdown_point
from uncollapse.statistics.bootstrap import percentiles

_RESAMPLES_AT_ONCE = 64


def score_sweep(
    correct: NDArray[np.bool_],
    score: NDArray[np.float64],
    *,
    shares: Sequence[float],
    resamples: int,
    rng: np.random.Generator,
    prompts: NDArray | None = None,
) -> pd.DataFrame:
    """phi, psi, kept precision and p_* when the best-scored candidates are kept, for several kept shares.

    Parameters
    ----------
    correct : (N,) bool
        Is the candidate's label right?
    score : (N,)
        Higher means: rather keep it. Candidates with equal scores are kept or dropped together.
    shares : sequence of float
        Shares of the candidates to keep, in (0, 1]; ties can make the share kept larger.
    resamples : int
        Bootstrap resamples, for 95% intervals.
    rng : numpy Generator
    prompts : (N,), optional
        Which prompt a candidate belongs to. Candidates of a prompt succeed and fail together, so prompts are resampled
        whole; without this column each candidate counts as a prompt of its own.

    Returns
    -------
    DataFrame
        One row per share, strictest first: kept_share, threshold (keep where score >= threshold), phi, psi,
        kept_precision, breakdown_point, and low and high of the last two (breakdown_point_low, ...).

    Raises
    ------
    ValueError
        For lengths that differ, scores that are not numbers, or shares outside (0, 1].

    Examples
    --------
    >>> sweep = score_sweep(np.array([True, True, False, False]), np.array([4.0, 3.0, 2.0, 1.0]), shares=[0.5, 1.0],
    ...                     resamples=10, rng=np.random.default_rng(0))
    >>> sweep[["kept_share", "threshold", "phi", "psi", "breakdown_point"]].values.tolist()
    [[0.5, 3.0, 1.0, 0.0, 1.0], [1.0, 1.0, 1.0, 1.0, 0.5]]
    """
    right, value = np.asarray(correct, dtype=bool), np.asarray(score, dtype=float)
    if right.shape != value.shape or right.ndim != 1 or not len(right):
        raise ValueError(f"expected one score per candidate, found {right.shape} and {value.shape}")
    if np.isnan(value).any():
        raise ValueError(f"{int(np.isnan(value).sum())} scores are not numbers")
    if not all(0 < share <= 1 for share in shares):
        raise ValueError(f"shares to keep must lie in (0, 1], found {list(shares)}")
    ranked = np.sort(value)[::-1]
    counts = {max(1, int(np.ceil(share * len(value) - 1e-9))) for share in shares}
    thresholds = np.unique(ranked[np.array(sorted(counts)) - 1])[::-1]
    # Cell of a candidate: the first threshold that keeps it (or none), and whether it is correct.
    level = np.searchsorted(-thresholds, -value, side="left")
    cells = 2 * level + right
    n_cells = 2 * (len(thresholds) + 1)
    if prompts is None:
        totals = np.bincount(cells, minlength=n_cells)
        drawn = rng.multinomial(len(cells), totals / len(cells), size=resamples)
    else:
        _, place = np.unique(np.asarray(prompts), return_inverse=True)
        table = np.zeros((int(place.max()) + 1, n_cells))
        np.add.at(table, (place, cells), 1)
        totals = table.sum(axis=0)
        drawn = _resample_prompts(table, resamples, rng)
    observed, resampled = _rates(totals[None]), _rates(drawn)
    columns: dict[str, NDArray] = {
        "kept_share": np.cumsum(totals.reshape(-1, 2).sum(axis=1))[:-1] / len(value),
        "threshold": thresholds,
    }
    columns |= {name: rate[0] for name, rate in observed.items()}
    for name in ("kept_precision", "breakdown_point"):
        known = np.isfinite(observed[name][0])
        low, high = np.full((2, len(thresholds)), np.nan)
        if known.any():
            low[known], high[known] = percentiles(resampled[name][:, known])
        columns |= {f"{name}_low": low, f"{name}_high": high}
    return pd.DataFrame(columns)


def _resample_prompts(table: NDArray, resamples: int, rng: np.random.Generator) -> NDArray:
    """Cell counts (resamples, cells) of prompts drawn with replacement."""
    even = np.full(len(table), 1 / len(table))
    parts = []
    for begin in range(0, resamples, _RESAMPLES_AT_ONCE):
        size = min(_RESAMPLES_AT_ONCE, resamples - begin)
        parts.append(rng.multinomial(len(table), even, size=size) @ table)
    return np.concatenate(parts)


def _rates(counts: NDArray) -> dict[str, NDArray[np.float64]]:
    """phi, psi, kept precision and p_*, (R, K) each, from cell counts (R, 2 (K + 1)); NaN where undefined."""
    kept_wrong = np.cumsum(counts[:, 0::2], axis=1, dtype=float)
    kept_correct = np.cumsum(counts[:, 1::2], axis=1, dtype=float)
    with np.errstate(invalid="ignore", divide="ignore"):
        phi, psi = kept_correct / kept_correct[:, -1:], kept_wrong / kept_wrong[:, -1:]
        precision = kept_correct / (kept_correct + kept_wrong)
    star = np.full(phi.shape, np.nan)
    known = ~(np.isnan(phi) | np.isnan(psi))
    star[known] = breakdown_point(phi[known], psi[known])
    rates = {"phi": phi, "psi": psi, "kept_precision": precision, "breakdown_point": star}
    return {name: rate[:, :-1] for name, rate in rates.items()}
