"""The Gaussian mixture of Figures 2 and 5 of Feng et al. 2024 (v1)."""

from pydantic import Field

from uncollapse.settings.values import Count, Rate, Strict
from uncollapse.theory.table import number

BREAKDOWN_POINT = number("breakdown_point", "p_*, predicted")


class MixtureSettings(Strict):
    """Training sets of a ridge-logistic student behind (phi, psi) verifiers."""

    sizes: tuple[tuple[Count, Count], ...] = Field(
        ((25, 500), (50, 1000), (100, 2000), (200, 4000), (400, 8000)),
        min_length=1,
        description="(d, N). Open in the paper. Both grow, at N / d = 20, so that the transition is seen to sharpen; "
        "d = 200, N = 4000 is where it already looks like a jump.",
    )
    mean_square: float = Field(
        0.5, ge=0, lt=1, description="a = |mu|^2. Open in the paper. At 1/2 mean and noise share E|x|^2 = 1 equally."
    )
    penalty: float = Field(
        1e-2,
        gt=0,
        description="lambda of eq. 1. Open in the paper, which needs it fixed while N grows; at 1e-2 lambda N is 40 "
        "at N = 4000, large enough for the proof's limit and small enough not to drown the data (|x| = 1).",
    )
    pruners: tuple[tuple[Rate, Rate], ...] = Field(
        ((1.0, 1.0), (1.0, 0.5), (1.0, 0.25), (1.0, 0.1), (1.0, 0.0)),
        min_length=1,
        description="(phi, psi). Figure 5's grid is open; these are no pruning, the ratios of Sec. 3.4, the oracle.",
    )
