"""Least squares on its own labels over n rounds: Dohmatob et al. 2024."""

import numpy as np
from pydantic import Field, model_validator

from uncollapse.settings.values import Count, NotNegative, Strict
from uncollapse.theory.table import DIMENSION, N_GENERATED, N_POINTS, ROUND, TRIAL, Blocks, flag, number, table


class Settings(Strict):
    """Settings of the unregularised fits, with data of constant and of growing size."""

    dimension: int = Field(50, ge=1, description="d. The slides have no numbers; fits of tens of parameters.")
    rounds: int = Field(30, ge=2, description="n: long enough to tell linear from logarithmic growth.")
    first_fits: tuple[tuple[Count, NotNegative], ...] = Field(
        ((200, 1.0), (100, 1.0), (200, 2.0)),
        min_length=1,
        description="(T, sigma): one fit, one with less data, one with more noise.",
    )
    n_generated: int = Field(200, ge=1, description="T_0; phi_0 = 1/4.")
    generated_noise: float = Field(1.0, gt=0, description="sigma_0, as sigma of the first fit.")
    truth_norm: float = Field(
        1.0, gt=0, description="|w_0|_S, so that SNR = SNR_0 = 1 and the ratio passes 1 after round 2."
    )
    trials: int = Field(1000, ge=2, description="A round costs d + 1 random numbers, so many are free: the mean to 1%.")

    @model_validator(mode="after")
    def _errors_are_finite(self) -> "Settings":
        """A fit of d parameters has an expected error from d + 2 rows on."""
        fewest = min(self.n_generated, *(rows for rows, _ in self.first_fits))
        if fewest < self.dimension + 2:
            raise ValueError(
                f"n_generated and the rows of first_fits must be dimension + 2 = {self.dimension + 2} at least, found"
                f" {fewest}"
            )
        return self


SCHEMA = table(
    key="growing n_points noise trial round",
    columns=[
        DIMENSION,
        N_POINTS,
        number("noise", "sigma"),
        N_GENERATED,
        number("generated_noise", "sigma_0"),
        flag("growing", "round m has m T_0 rows"),
        TRIAL,
        ROUND,
        number("excess_risk", "|w - w_0|_S^2"),
        number("null_ratio", "over that of predicting zero"),
        number("predicted", "expected excess risk"),
        number("predicted_null_ratio", "expected ratio"),
    ],
)


def simulate(settings: Settings, rng: np.random.Generator) -> Blocks:
    """Least squares over n rounds for several first fits; with T_0 rows in every round, and with m T_0 in round m.

    The null predictor, to which the ratios are, has the excess risk |w_0|_S^2.
    """
    from uncollapse.theory.regression import least_squares_rounds
    from uncollapse.theory.regression_closed_form import growing_data_error, least_squares_error

    fits, rounds, trials = settings.first_fits, settings.rounds, settings.trials
    n = np.arange(rounds + 1)
    chain = {"n_generated": settings.n_generated, "generated_noise": settings.generated_noise}
    for growing, half in zip((False, True), rng.spawn(2), strict=True):
        sizes = settings.n_generated * (np.arange(1, rounds + 1) if growing else np.ones(rounds, dtype=int))
        law = growing_data_error if growing else least_squares_error
        for (n_points, noise), stream in zip(fits, half.spawn(len(fits)), strict=True):
            risk = least_squares_rounds(
                dimension=settings.dimension,
                n_points=np.concatenate([[n_points], sizes]),
                noise=np.concatenate([[noise], np.full(rounds, settings.generated_noise)]),
                trials=trials,
                rng=stream,
            ).ravel()
            fit = {"dimension": settings.dimension, "n_points": n_points, "noise": noise, **chain}
            predicted = np.tile(law(rounds=n, **fit), trials)
            yield {
                **fit,
                "growing": growing,
                "trial": np.repeat(np.arange(trials), rounds + 1),
                "round": np.tile(n, trials),
                "excess_risk": risk,
                "null_ratio": risk / settings.truth_norm**2,
                "predicted": predicted,
                "predicted_null_ratio": predicted / settings.truth_norm**2,
            }
