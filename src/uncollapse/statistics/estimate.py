"""A value with its interval."""

import math
from typing import NamedTuple


class Estimate(NamedTuple):
    """A value and its interval, all in one unit; ``low`` and ``high`` are NaN where no interval can be given."""

    value: float
    low: float = math.nan
    high: float = math.nan

    @staticmethod
    def symmetric(value: float, half: float) -> "Estimate":
        """The interval that reaches ``half`` to both sides of a value."""
        return Estimate(value, value - half, value + half)

    @staticmethod
    def known(value: float, low: float, high: float) -> "Estimate":
        """The value with its interval; where either end is NaN, it is known exactly."""
        bounds = (value, value) if math.isnan(low) or math.isnan(high) else (low, high)
        return Estimate(value, *bounds)

    @property
    def negated(self) -> "Estimate":
        """The estimate of the quantity's negative.

        >>> Estimate(1.0, 0.5, 3.0).negated
        Estimate(value=-1.0, low=-3.0, high=-0.5)
        """
        return Estimate(-self.value, -self.high, -self.low)

    def within(self, bounds: tuple[float, float]) -> "Estimate":
        """Value and interval cut at the values that the quantity can take, which keeps the coverage.

        >>> Estimate(99.0, 97.0, 101.0).within((0, 100)), Estimate(1.2, 1.1, 1.3).within((0, 1))
        (Estimate(value=99.0, low=97.0, high=100), Estimate(value=1, low=1, high=1))
        """
        value, low, high = (min(max(one, bounds[0]), bounds[1]) for one in (self.value, self.low, self.high))
        return Estimate(value, low, high)
