"""Ridge students whose penalty falls with the sample size, simulated: Dohmatob et al. 2024."""

import numpy as np
from pydantic import Field

from uncollapse.settings.values import Count
from uncollapse.theory.power_law_settings import LAW, PowerLawSettings
from uncollapse.theory.table import TRIAL, Blocks, number, table


class Settings(PowerLawSettings):
    """Settings of the simulated students."""

    n_points: tuple[Count, ...] = Field((256, 512, 1024, 2048, 4096, 8192), min_length=2, description="T.")
    trials: int = Field(40, ge=2, description="Training sets per T.")


SCHEMA = table(
    key="n_points exponent trial",
    columns=[*LAW, TRIAL, number("excess_risk", "|w - w_0|_S^2 of the student")],
)


def simulate(settings: Settings, rng: np.random.Generator) -> Blocks:
    """Simulated students beside the closed form, with so many training sets for each T."""
    from uncollapse.theory.power_law import problems
    from uncollapse.theory.regression import excess_risk, generator_chain, ridge_students

    for facts, world, generator, student in problems(**settings.model_dump(exclude={"trials"})):
        for trial, stream in enumerate(rng.spawn(settings.trials)):
            chain, _ = generator_chain(**world, **generator, rounds=1, same_design=False, rng=stream)
            spectrum, penalties = world["spectrum"], facts["penalty"]
            fitted = ridge_students(chain[1:], spectrum=spectrum, penalties=penalties, **student, rng=stream)
            yield facts | {"trial": trial, "excess_risk": excess_risk(fitted[:, 0], **world)}
