"""Replace, accumulate and accumulate-subsample on the authors' grid: Gerstgrasser et al. 2024."""

from itertools import product
from typing import Annotated

import numpy as np
from pydantic import Field

from uncollapse.settings.values import Count, NotNegative, Strict
from uncollapse.theory.accumulation_rows import Policy
from uncollapse.theory.table import DIMENSION, N_POINTS, TRIAL, Blocks, count, flag, number, table, word


class Settings(Strict):
    """The grid of the authors' code."""

    policies: tuple[Policy, ...] = Field(
        ("replace", "accumulate", "accumulate-subsample"),
        min_length=1,
        description="The three settings of the authors' code.",
    )
    dimensions: tuple[Count, ...] = Field((1, 3, 10, 32, 100), min_length=1, description="d, of the authors' code.")
    n_points: tuple[Count, ...] = Field((10, 32, 100, 316, 1000), min_length=1, description="T, of the authors' code.")
    noise_variances: tuple[NotNegative, ...] = Field(
        (0.1, 1.0, 10.0), min_length=1, description="sigma^2, of the authors' code."
    )
    rounds: tuple[Annotated[int, Field(ge=0)], ...] = Field(
        (1, 2, 3, 4, 5, 6, 8, 10, 15, 20, 30, 50, 75, 100),
        min_length=2,
        description="Of 100 rounds (the authors' code), those recorded.",
    )
    trials: int = Field(100, ge=2, description="The authors' number of seeds.")
    row_trials: int = Field(
        10, ge=2, description="For subsamples and T < d + 2, which need the rows: their cost is the rows'."
    )


SCHEMA = table(
    key="policy same_design dimension n_points noise_variance trial round",
    columns=[
        word("policy", "replace, accumulate, accumulate-subsample"),
        flag("same_design", "all rounds label the same rows"),
        DIMENSION,
        N_POINTS,
        number("noise_variance", "sigma^2"),
        TRIAL,
        count("round", "fits done"),
        number("error", "|w - w*|^2"),
        number("predicted", "expected error; NaN for subsamples and T < d + 2", nan=True),
        number("bound", "pi^2/6 times the first fit's expected error; NaN except for accumulate", nan=True),
    ],
)


def simulate(settings: Settings, rng: np.random.Generator) -> Blocks:
    """Squared distance to the truth over the rounds, for every policy, kind of rows, d, T and sigma^2.

    Cells with T >= d + 2 under "replace" and "accumulate" use sufficient statistics; the others are computed from rows,
    by minimum-norm fits where T < d.
    """
    from uncollapse.theory.accumulation import accumulate_bound, accumulate_error, replace_error, simulate_statistics
    from uncollapse.theory.accumulation_rows import simulate_rows

    n = np.asarray(settings.rounds)
    cells = list(product(settings.policies, (False, True), settings.dimensions, settings.n_points))
    for (policy, same_design, dimension, size), stream in zip(cells, rng.spawn(len(cells)), strict=True):
        known = size >= dimension + 2 and policy != "accumulate-subsample"
        errors = (simulate_statistics if known else simulate_rows)(
            policy,
            dimension=dimension,
            n_points=size,
            noise_variances=settings.noise_variances,
            rounds=max(settings.rounds),
            same_design=same_design,
            trials=settings.trials if known else settings.row_trials,
            rng=stream,
        )
        for place, variance in enumerate(settings.noise_variances):
            cell = {"dimension": dimension, "n_points": size, "noise_variance": variance}
            predicted, bound = np.full(len(n), np.nan), np.nan
            if known and policy == "replace":
                predicted = replace_error(rounds=n, **cell)
            elif known:
                predicted = accumulate_error(rounds=n, same_design=same_design, **cell)
                bound = accumulate_bound(**cell)
            yield {
                "policy": policy,
                "same_design": same_design,
                **cell,
                "trial": np.repeat(np.arange(len(errors)), len(n)),
                "round": np.tile(n, len(errors)),
                "error": errors[:, place, n - 1].ravel(),
                "predicted": np.tile(predicted, len(errors)),
                "bound": bound,
            }
