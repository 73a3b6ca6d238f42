"""Ridge students of self-labelling generators (Dohmatob et al. 2024) with fixed penalties, as a table."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from uncollapse.theory.regression import excess_risk, generator_chain, ridge_students
from uncollapse.theory.regression_closed_form import ridge_error


def ridge_sweep(
    *,
    dimension: int,
    beta: float,
    rounds: int,
    n_points: int,
    noise: float,
    n_generated: Sequence[int],
    generated_noise: float,
    penalties: Sequence[float],
    trials: int,
    rng: np.random.Generator,
) -> pd.DataFrame:
    """Ridge students with fixed penalties after under- and over-parametrised generators, on fresh or on the same rows.

    The truth has unit norm |w_0|_S, spread evenly over the eigendirections of S_j = j^-beta.

    Parameters
    ----------
    dimension : d.
    beta : exponent of the covariance's spectrum; 0 for isotropic features.
    rounds : largest n.
    n_points, n_generated : T, and the T_0 to try; T_0 < d is the over-parametrised case.
    noise, generated_noise : sigma and sigma_0.
    penalties : lambda.

    Returns
    -------
    One row per T_0, kind of rows, trial, penalty and n: dimension, n_points, n_generated, same_design, penalty, trial,
        round, excess_risk, bias (excess risk of the same fit without any noise), predicted (NaN where there is no
        closed form: T_0 <= d + 1).
    """
    spectrum = np.arange(1, dimension + 1, dtype=float) ** -beta
    truth = 1.0 / np.sqrt(spectrum * dimension)
    n = np.arange(rounds + 1)
    blocks = []
    for size in n_generated:
        predicted = np.full((len(penalties), rounds + 1), np.nan)
        if size > dimension + 1:
            for row, penalty in enumerate(penalties):
                predicted[row] = ridge_error(
                    spectrum=spectrum,
                    coefficients=truth,
                    penalty=penalty,
                    n_points=n_points,
                    noise=noise,
                    n_generated=size,
                    generated_noise=generated_noise,
                ).after(n)
        for same_design in (False, True):
            for trial, stream in enumerate(rng.spawn(trials)):
                chain, noiseless = generator_chain(
                    spectrum=spectrum,
                    coefficients=truth,
                    n_generated=size,
                    generated_noise=generated_noise,
                    rounds=rounds,
                    same_design=same_design,
                    rng=stream,
                )
                # A fit is affine in its labeller: that of a zero labeller is what the student's own noise contributes.
                students = ridge_students(
                    np.concatenate([chain, noiseless, np.zeros((1, dimension))]),
                    spectrum=spectrum,
                    penalties=penalties,
                    n_points=n_points,
                    noise=noise,
                    rng=stream,
                )
                fitted, quiet = students[:, : rounds + 1], students[:, rounds + 1 : -1] - students[:, -1:]
                blocks.append(
                    pd.DataFrame(
                        {
                            "dimension": dimension,
                            "n_points": n_points,
                            "n_generated": size,
                            "same_design": same_design,
                            "penalty": np.repeat(penalties, rounds + 1),
                            "trial": trial,
                            "round": np.tile(n, len(penalties)),
                            "excess_risk": excess_risk(fitted, spectrum=spectrum, coefficients=truth).ravel(),
                            "bias": excess_risk(quiet, spectrum=spectrum, coefficients=truth).ravel(),
                            "predicted": predicted.ravel(),
                        }
                    )
                )
    return pd.concat(blocks, ignore_index=True)
