"""Intervals against values worked out by hand from t tables."""

from __future__ import annotations

import math

import pytest

from uncollapse.statistics.intervals import from_variances, over_seeds


def test_over_seeds_uses_student_t() -> None:
    # sd 1, three seeds: 4.302653 (t at 0.975, two degrees of freedom) / sqrt(3)
    estimate = over_seeds([1.0, 2.0, 3.0])
    assert estimate.value == 2.0
    assert estimate.low == pytest.approx(2 - 2.484138, abs=1e-5)
    assert estimate.high == pytest.approx(2 + 2.484138, abs=1e-5)


def test_one_seed_has_no_interval() -> None:
    estimate = over_seeds([66.9])
    assert estimate.value == 66.9
    assert math.isnan(estimate.low)
    assert math.isnan(estimate.high)


def test_equal_seeds_have_an_interval_of_zero_width() -> None:
    assert over_seeds([5.0, 5.0]).low == 5.0


def test_interval_is_cut_at_the_bounds() -> None:
    estimate = over_seeds([1.0, 2.0, 3.0], bounds=(0.0, 4.0))
    assert (estimate.low, estimate.high) == (0.0, 4.0)


def test_two_equal_sources_pool_their_degrees_of_freedom() -> None:
    # variances 1 + 1 at five degrees each: Satterthwaite gives ten, t = 2.228139
    estimate = from_variances(0.0, [(1.0, 5), (1.0, 5)])
    assert estimate.high == pytest.approx(2.228139 * math.sqrt(2), abs=1e-5)


@pytest.mark.parametrize("values", [[], [1.0, math.nan], [math.inf]])
def test_a_missing_or_diverged_seed_is_an_error(values: list[float]) -> None:
    with pytest.raises(ValueError, match="one finite value per seed"):
        over_seeds(values)
