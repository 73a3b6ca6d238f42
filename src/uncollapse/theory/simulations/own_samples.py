"""Gaussians and kernel density estimates on their own samples, under every regime: Kazdan et al. 2024."""

from typing import Annotated

import numpy as np
from pydantic import Field

from uncollapse.settings.values import Strict
from uncollapse.theory.own_samples import Policy
from uncollapse.theory.table import N_POINTS, TRIAL, Blocks, count, number, table, word

_POLICIES: tuple[Policy, ...] = ("replace", "accumulate", "accumulate-subsample", "replace-multiple")


class Settings(Strict):
    """Regimes and sizes."""

    policies: tuple[Policy, ...] = Field(_POLICIES, min_length=1, description="The regimes of Kazdan et al. 2024.")
    n_points: tuple[Annotated[int, Field(ge=2)], ...] = Field(
        (10, 100), min_length=1, description="Rows of each generation; one has no variance."
    )
    bandwidth: float = Field(0.3, gt=0, description="Of the kernel density estimate, in the data's deviations.")
    generations: tuple[Annotated[int, Field(ge=0)], ...] = Field(
        (0, 1, 2, 3, 5, 7, 10, 15, 20, 30, 50), min_length=2, description="Those recorded."
    )
    trials: int = Field(100, ge=2, description="Independent repetitions.")


SCHEMA = table(
    key="model policy n_points trial generation",
    columns=[
        word("model", "gaussian, gaussian-unbiased or kde"),
        word("policy", "replace, accumulate, accumulate-subsample, replace-multiple"),
        N_POINTS,
        TRIAL,
        count("generation", "0 is fitted to real rows"),
        number("variance", "of the model; 1 of the real rows' distribution"),
        number("displacement", "squared distance of the model's mean from the truth"),
        number("expected_variance", "closed form"),
        number("expected_displacement", "closed form"),
    ],
)


def simulate(settings: Settings, rng: np.random.Generator) -> Blocks:
    """Variance and displacement over generations, for every model, regime and number of rows."""
    from itertools import product

    from uncollapse.theory.own_samples import Estimator, expected
    from uncollapse.theory.own_samples import simulate as drawn

    estimators = {
        "gaussian": Estimator(),
        "gaussian-unbiased": Estimator(correction=1),
        "kde": Estimator(bandwidth=settings.bandwidth),
    }
    g, last = np.asarray(settings.generations), max(settings.generations)
    cells = list(product(estimators, settings.policies, settings.n_points))
    for (name, policy, size), stream in zip(cells, rng.spawn(len(cells)), strict=True):
        given = {"n_points": size, "generations": last}
        values = drawn(policy, estimators[name], **given, trials=settings.trials, rng=stream)[:, g]
        law = expected(policy, estimators[name], **given)[g]
        yield {
            "model": name,
            "policy": policy,
            "n_points": size,
            "trial": np.repeat(np.arange(settings.trials), len(g)),
            "generation": np.tile(g, settings.trials),
            "variance": values[..., 0].ravel(),
            "displacement": values[..., 1].ravel(),
            "expected_variance": np.tile(law[:, 0], settings.trials),
            "expected_displacement": np.tile(law[:, 1], settings.trials),
        }
