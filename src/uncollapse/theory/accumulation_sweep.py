"""Gerstgrasser et al.'s grid of d, T and noise, under replace, accumulate and accumulate-subsample."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from uncollapse.theory.accumulation import (
    accumulate_bound,
    accumulate_error,
    replace_error,
    simulate_accumulate,
    simulate_replace,
)
from uncollapse.theory.accumulation_policy import Policy
from uncollapse.theory.accumulation_rows import simulate_rows


def accumulation_sweep(
    *,
    policies: Sequence[Policy],
    dimensions: Sequence[int],
    n_points: Sequence[int],
    noise_variances: Sequence[float],
    rounds: Sequence[int],
    trials: int,
    row_trials: int,
    rng: np.random.Generator,
) -> pd.DataFrame:
    """Squared distance to the truth over the rounds, for every policy, kind of rows, d, T and sigma^2.

    Cells with T >= d + 2 under "replace" and "accumulate" use sufficient statistics; the others are computed from rows,
    by minimum-norm fits where T < d.

    Parameters
    ----------
    policies : sequence of "replace", "accumulate", "accumulate-subsample"
    dimensions, n_points : d and T.
    noise_variances : sigma^2.
    rounds : rounds that the table holds; as many as the largest are run.
    trials, row_trials : trials of cells with sufficient statistics, and of cells computed from rows.

    Returns
    -------
    One row per cell, trial and round: policy, same_design, dimension, n_points, noise_variance, trial, round, error,
        predicted (exact expectation; NaN for subsamples and T < d + 2), bound (pi^2/6 times the first round's
        expectation under "accumulate", else NaN).
    """
    blocks = []
    n = np.asarray(rounds)
    cells = [
        (policy, same, d, t) for policy in policies for same in (False, True) for d in dimensions for t in n_points
    ]
    for (policy, same_design, dimension, size), stream in zip(cells, rng.spawn(len(cells)), strict=True):
        regular = size >= dimension + 2
        setting = {
            "dimension": dimension,
            "n_points": size,
            "rounds": max(rounds),
            "same_design": same_design,
            "rng": stream,
        }
        if regular and policy == "replace":
            errors = simulate_replace(noise_variances=noise_variances, trials=trials, **setting)
        elif regular and policy == "accumulate":
            errors = simulate_accumulate(noise_variances=noise_variances, trials=trials, **setting)
        else:
            errors = simulate_rows(policy, noise_variances=noise_variances, trials=row_trials, **setting)
        for place, variance in enumerate(noise_variances):
            predicted, bound = _prediction(policy, regular, n, dimension, size, variance, same_design)
            count = len(errors)
            blocks.append(
                pd.DataFrame(
                    {
                        "policy": policy,
                        "same_design": same_design,
                        "dimension": dimension,
                        "n_points": size,
                        "noise_variance": variance,
                        "trial": np.repeat(np.arange(count), len(n)),
                        "round": np.tile(n, count),
                        "error": errors[:, place, n - 1].ravel(),
                        "predicted": np.tile(predicted, count),
                        "bound": bound,
                    }
                )
            )
    return pd.concat(blocks, ignore_index=True)


def _prediction(
    policy: Policy, regular: bool, n: NDArray, dimension: int, size: int, variance: float, same_design: bool
) -> tuple[NDArray[np.float64], float]:
    cell = {"dimension": dimension, "n_points": size, "noise_variance": variance}
    if regular and policy == "replace":
        return replace_error(rounds=n, **cell), np.nan
    if regular and policy == "accumulate":
        return accumulate_error(rounds=n, same_design=same_design, **cell), accumulate_bound(**cell)
    return np.full(len(n), np.nan), np.nan
