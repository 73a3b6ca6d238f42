"""Ridge students with fixed penalties, after under- and over-parametrised generators: Dohmatob et al. 2024."""

from typing import Annotated

import numpy as np
from pydantic import Field

from uncollapse.settings.values import Count, Strict
from uncollapse.theory.table import DIMENSION, N_GENERATED, N_POINTS, ROUND, TRIAL, Blocks, flag, number, table


class Settings(Strict):
    """Settings of the ridge students."""

    dimension: int = Field(60, ge=2, description="d. The slides have no numbers.")
    beta: float = Field(0.5, ge=0, description="Spectrum j^-beta, mildly anisotropic, so that S matters.")
    rounds: int = Field(20, ge=4, description="n; twice as long as T_0 < d needs to forget.")
    n_points: int = Field(240, ge=1, description="T = 4 d.")
    noise: float = Field(0.5, ge=0, description="sigma: signal-to-noise 4.")
    n_generated: tuple[Count, ...] = Field(
        (120, 30), min_length=1, description="T_0 = 2 d and d / 2: under- and over-parametrised generators."
    )
    generated_noise: float = Field(0.5, ge=0, description="sigma_0, as sigma.")
    penalties: tuple[Annotated[float, Field(gt=0)], ...] = Field(
        (1e-3, 1e-2, 1e-1, 1.0), min_length=1, description="lambda, from none to as large as S."
    )
    trials: int = Field(200, ge=2, description="Chains per setting.")


SCHEMA = table(
    key="n_generated same_design penalty trial round",
    columns=[
        DIMENSION,
        N_POINTS,
        N_GENERATED,
        flag("same_design", "all generators label the same rows"),
        number("penalty", "lambda"),
        TRIAL,
        ROUND,
        number("excess_risk", "|w - w_0|_S^2 of the student"),
        number("bias", "the same without any noise"),
        number("predicted", "expected excess risk; NaN for T_0 <= d + 1", nan=True),
    ],
)


def simulate(settings: Settings, rng: np.random.Generator) -> Blocks:
    """Ridge students with fixed penalties after under- and over-parametrised generators, on fresh or on the same rows.

    The truth has unit norm |w_0|_S, spread evenly over the eigendirections of S_j = j^-beta.
    """
    from uncollapse.theory.regression import excess_risk, generator_chain, ridge_students
    from uncollapse.theory.regression_closed_form import ridge_error

    dimension, rounds, penalties = settings.dimension, settings.rounds, settings.penalties
    spectrum = np.arange(1, dimension + 1, dtype=float) ** -settings.beta
    world = {"spectrum": spectrum, "coefficients": 1.0 / np.sqrt(spectrum * dimension)}
    student = {"n_points": settings.n_points, "noise": settings.noise}
    n = np.arange(rounds + 1)
    for size in settings.n_generated:
        generator = {"n_generated": size, "generated_noise": settings.generated_noise}
        predicted = np.full((len(penalties), rounds + 1), np.nan)
        if size > dimension + 1:
            for row, penalty in enumerate(penalties):
                predicted[row] = ridge_error(penalty=penalty, **world, **student, **generator).after(n)
        for same_design in (False, True):
            for trial, stream in enumerate(rng.spawn(settings.trials)):
                chain, noiseless = generator_chain(
                    **world, **generator, rounds=rounds, same_design=same_design, rng=stream
                )
                # A fit is affine in its labeller: that of a zero labeller is what the student's own noise contributes.
                labellers = np.concatenate([chain, noiseless, np.zeros((1, dimension))])
                students = ridge_students(labellers, spectrum=spectrum, penalties=penalties, **student, rng=stream)
                fitted, quiet = students[:, : rounds + 1], students[:, rounds + 1 : -1] - students[:, -1:]
                yield {
                    "dimension": dimension,
                    "n_points": settings.n_points,
                    "n_generated": size,
                    "same_design": same_design,
                    "penalty": np.repeat(penalties, rounds + 1),
                    "trial": trial,
                    "round": np.tile(n, len(penalties)),
                    "excess_risk": excess_risk(fitted, **world).ravel(),
                    "bias": excess_risk(quiet, **world).ravel(),
                    "predicted": predicted.ravel(),
                }
