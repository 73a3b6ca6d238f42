"""Ridge students whose penalty falls with the sample size, in closed form at large T: Dohmatob et al. 2024."""

import numpy as np
from pydantic import Field

from uncollapse.settings.values import Count
from uncollapse.theory.power_law_settings import LAW, PowerLawSettings
from uncollapse.theory.table import Blocks, table


class Settings(PowerLawSettings):
    """Settings of the closed form."""

    n_points: tuple[Count, ...] = Field(
        (2**18, 2**20, 2**22, 2**24),
        min_length=2,
        description="T at which the closed form alone shows the limiting slope.",
    )


SCHEMA = table(key="n_points exponent", columns=LAW)


def simulate(settings: Settings, rng: np.random.Generator) -> Blocks:
    """The expected error at every T and l; nothing is random."""
    from uncollapse.theory.power_law import problems

    yield from (facts for facts, *_ in problems(**settings.model_dump()))
