"""Adaptive ridge under capacity and source conditions, Dohmatob et al. 2024."""

from pydantic import Field, model_validator

from uncollapse.settings.misfit import Misfit
from uncollapse.settings.values import Count, Strict
from uncollapse.theory.table import DIMENSION, N_POINTS, count, number

LAW = [
    number("beta", "capacity exponent"),
    number("source", "source exponent r"),
    number("noise_growth", "a of n sigma_0^2 = T^a"),
    number("size_growth", "b of T_0 = T^b"),
    N_POINTS,
    count("n_generated", "T_0"),
    DIMENSION,
    number("exponent", "l of lambda = T^-l"),
    number("penalty", "lambda"),
    number("predicted", "expected excess risk at this T"),
    number("predicted_rate", "of the error's fall with T: the exponent of 1/T"),
]


class PowerLawSettings(Strict):
    """S_j ~ j^-beta, source r, lambda = T^-l, n sigma_0^2 ~ T^a, T_0 ~ T^b."""

    beta: float = Field(2.0, gt=1, description="Capacity exponent; open, the usual example.")
    source: float = Field(0.5, gt=0, description="r; 1/2 means no more than |w_0| = O(1).")
    noise_growth: float = Field(0.0, description="a of n sigma_0^2 = T^a: rounds and noise do not change with T.")
    size_growth: float = Field(
        0.75, le=1, description="b of T_0 = T^b; below 1, so that the best exponent differs from that for clean data."
    )
    dimension_share: float = Field(
        0.5, gt=0, lt=1, description="d / T_0 = phi_0; the spectrum is long compared to T^(l/beta)."
    )
    noise: float = Field(1.0, ge=0, description="sigma.")
    exponents: tuple[float, ...] = Field(
        (0.0, 0.25, 0.375, 0.5, 2 / 3, 0.8),
        min_length=1,
        description="l: fixed penalty, values around the best (1/2 here), and 2/3, the best for clean data.",
    )
    n_points: tuple[Count, ...] = Field(min_length=2, description="T.")

    @model_validator(mode="after")
    def _generators_have_rows(self) -> "PowerLawSettings":
        if self.noise_growth > self.size_growth:
            raise Misfit("noise_growth", "a is at most size_growth, b; lower it")
        for size in self.n_points:
            generated, dimension = generator_size(size, self.size_growth, self.dimension_share)
            if generated <= dimension + 1:
                text = f"T_0 = T^b is {generated} for T = {size}, and must exceed d + 1 = {dimension + 1}"
                raise Misfit("size_growth", f"{text}; raise it, or n_points")
        return self


def generator_size(n_points: int, size_growth: float, dimension_share: float) -> tuple[int, int]:
    """T_0 = T^b and d = phi_0 T_0, two at least.

    >>> generator_size(256, 0.75, 0.5)
    (64, 32)
    """
    generated = round(n_points**size_growth)
    return generated, max(2, round(dimension_share * generated))
