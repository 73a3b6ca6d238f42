"""Least squares on its own labels (Dohmatob et al. 2024) as a tidy table, closed form beside simulation."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from uncollapse.theory.regression import least_squares_rounds
from uncollapse.theory.regression_closed_form import growing_data_error, least_squares_error


def least_squares_sweep(
    *,
    dimension: int,
    rounds: int,
    first_fits: Sequence[tuple[int, float]],
    n_generated: int,
    generated_noise: float,
    truth_norm: float,
    growing: bool,
    trials: int,
    rng: np.random.Generator,
) -> pd.DataFrame:
    """Least squares over n rounds, for several first fits (T, sigma); optionally with m T_0 rows in round m.

    Parameters
    ----------
    dimension, rounds : d and the largest n.
    first_fits : sequence of (T, sigma)
    n_generated : T_0.
    generated_noise : sigma_0.
    truth_norm : |w_0|_S, for the ratio to the null predictor, whose excess risk is its square.
    growing : round m has m T_0 rows instead of T_0.

    Returns
    -------
    One row per first fit, trial and n = 0, ..., rounds: dimension, n_points, noise, n_generated, generated_noise,
        growing, trial, round, excess_risk, null_ratio, predicted, predicted_null_ratio.
    """
    n = np.arange(rounds + 1)
    blocks = []
    for (n_points, noise), stream in zip(first_fits, rng.spawn(len(first_fits)), strict=True):
        sizes = n_generated * (np.arange(1, rounds + 1) if growing else np.ones(rounds, dtype=int))
        risk = least_squares_rounds(
            dimension=dimension,
            n_points=np.concatenate([[n_points], sizes]),
            noise=np.concatenate([[noise], np.full(rounds, generated_noise)]),
            trials=trials,
            rng=stream,
        )
        law = growing_data_error if growing else least_squares_error
        predicted = law(
            rounds=n,
            dimension=dimension,
            n_points=n_points,
            noise=noise,
            n_generated=n_generated,
            generated_noise=generated_noise,
        )
        blocks.append(
            pd.DataFrame(
                {
                    "dimension": dimension,
                    "n_points": n_points,
                    "noise": noise,
                    "n_generated": n_generated,
                    "generated_noise": generated_noise,
                    "growing": growing,
                    "trial": np.repeat(np.arange(trials), rounds + 1),
                    "round": np.tile(n, trials),
                    "excess_risk": risk.ravel(),
                    "null_ratio": risk.ravel() / truth_norm**2,
                    "predicted": np.tile(predicted, trials),
                    "predicted_null_ratio": np.tile(predicted, trials) / truth_norm**2,
                }
            )
        )
    return pd.concat(blocks, ignore_index=True)
