"""p_* of every threshold on a verifier's score: how strict should the selection be?"""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from uncollapse.proxy.exact import ERROR, Gap, kept_precision
from uncollapse.proxy.fixed_sequence import passing, start
from uncollapse.proxy.noisy_labels import LabelErrors, corrected
from uncollapse.proxy.population import rates
from uncollapse.proxy.tally import Candidates, nested


def thresholds_of(score: NDArray[np.float64], shares: Sequence[float]) -> NDArray[np.float64]:
    """Thresholds (T,), strictest first, that keep at least these shares of scores (N,); ties can make them fewer.

    >>> thresholds_of(np.array([4.0, 3.0, 3.0, 1.0]), [0.25, 0.5, 0.75]).tolist()
    [4.0, 3.0]
    """
    if not all(0 < share <= 1 for share in shares):
        raise ValueError(f"shares to keep must lie in (0, 1], found {list(shares)}")
    places = sorted({len(score) - max(1, int(np.ceil(share * len(score) - 1e-9))) for share in shares})
    return np.unique(np.partition(score, places)[places])[::-1]


def score_sweep(
    candidates: Candidates,
    score: NDArray[np.float64],
    *,
    shares: Sequence[float],
    resamples: int,
    rng: np.random.Generator,
    least: float = 0.5,
    most_kept: float = np.inf,
    errors: LabelErrors | None = None,
) -> pd.DataFrame:
    """phi, psi, kept precision and p_* when the best-scored candidates are kept, for several kept shares.

    Parameters
    ----------
    candidates : whose ``kept`` is not looked at
    score : (N,)
        Higher means: rather keep it. Candidates with equal scores are kept or dropped together.
    shares : sequence of float
        Shares of the candidates to keep, in (0, 1]; ties can make the share kept larger.
    resamples : int
        Bootstrap resamples, for 95% intervals of p_*.
    rng : numpy Generator
    least, most_kept, errors : as for :func:`uncollapse.proxy.audit.audit`

    Returns
    -------
    DataFrame
        One row per share, strictest first: kept_share, threshold (keep where score >= threshold), prompts with a kept
        label, phi, psi, kept_precision, breakdown_point, and low and high of the last two (breakdown_point_low, ...),
        lift over keeping all, chance (the p-value of precision; where that passes, the larger of it and that of
        the lift), passes (in the fixed sequence; None
        where it was not tested).

    Raises
    ------
    ValueError
        For lengths that differ, scores that are not numbers, or shares outside (0, 1].

    Examples
    --------
    >>> judged = Candidates(np.zeros(4, bool), np.array([True, True, False, False]))
    >>> sweep = score_sweep(judged, np.array([4.0, 3.0, 2.0, 1.0]), shares=[0.5, 1.0], resamples=10,
    ...                     rng=np.random.default_rng(0))
    >>> sweep[["kept_share", "threshold", "phi", "psi", "breakdown_point"]].values.tolist()
    [[0.5, 3.0, 1.0, 0.0, 1.0], [1.0, 1.0, 1.0, 1.0, 0.5]]
    """
    value = np.asarray(score, dtype=float)
    if candidates.right.shape != value.shape or value.ndim != 1 or not len(value):
        raise ValueError(f"expected one score per candidate, found {candidates.right.shape} and {value.shape}")
    if np.isnan(value).any():
        raise ValueError(f"{int(np.isnan(value).sum())} scores are not numbers")
    thresholds = thresholds_of(value, shares)
    level = np.searchsorted(-thresholds, -value, side="left")
    rows = []
    labelled_prompts = 0
    for threshold, counts in zip(thresholds, nested(candidates, level, len(thresholds)), strict=True):
        labelled_prompts = int(counts.prompts.sum())
        precision = kept_precision(counts, most_kept=most_kept)
        judged = corrected(precision, errors)
        found = rates(counts, resamples=resamples, rng=rng, errors=errors, precision=judged)
        row = {"kept_share": counts.kept_share, "threshold": threshold, "prompts": int(precision.prompts.sum())}
        row |= {name: found[name].value for name in ("phi", "psi")}
        for name, quantity in (("kept_precision", "kept_precision"), ("breakdown_point", "p_star")):
            estimate = found[quantity]
            row |= {name: estimate.value, f"{name}_low": estimate.low, f"{name}_high": estimate.high}
        row["lift"] = found["kept_precision"].value - (1 - found["p"].value)
        row["chance"] = judged.chance_of_at_most(least)
        if row["chance"] <= ERROR:
            row["chance"] = max(row["chance"], Gap(counts, most_kept=most_kept).chance_of_at_most(0.0))
        rows.append(row)
    sweep = pd.DataFrame(rows)
    first = start(sweep["prompts"].to_numpy(), labelled_prompts, least)
    return sweep.assign(passes=pd.Series(passing(list(sweep["chance"]), first), dtype="boolean"))


def loosest(sweep: pd.DataFrame) -> tuple[int | None, bool]:
    """Row of the loosest threshold that passes, and True; else of the one tested first, and False; None if none was."""
    tested = sweep["passes"].notna().to_numpy()
    passed = sweep["passes"].fillna(False).to_numpy(dtype=bool)
    if passed.any():
        return int(np.flatnonzero(passed)[-1]), True
    return (int(np.flatnonzero(tested)[0]), False) if tested.any() else (None, False)
