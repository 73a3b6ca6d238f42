"""Gaffke's test: the binomial one for two kinds of values, its integral against draws, its size by enumeration."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from uncollapse.statistics.bounded_mean import chance_not_above_zero


@given(st.integers(1, 400), st.integers(0, 400), st.floats(0.02, 0.98))
def test_two_kinds_of_values_give_the_binomial_test(right: int, wrong: int, limit: float) -> None:
    exact = stats.binom.sf(right - 1, right + wrong, limit)
    assert chance_not_above_zero([1 - limit, -limit], [right, wrong], -limit) == pytest.approx(exact, abs=1e-6)


@pytest.mark.parametrize("trials", [10, 1_000, 1_000_000])
def test_precision_where_it_decides(trials: int) -> None:
    right = trials - int(stats.binom.ppf(0.02, trials, 0.5))
    exact = stats.binom.sf(right - 1, trials, 0.5)
    found = chance_not_above_zero([0.5, -0.5], [right, trials - right], -0.5)
    assert found == pytest.approx(exact, rel=1e-8)


def test_integral_against_draws() -> None:
    rng = np.random.default_rng(0)
    values, counts, limit = np.array([-3.0, -0.5, 0.25, 2.0]), np.array([3, 5, 20, 6]), -4.0
    sums = rng.gamma(counts, size=(400_000, 4)) @ values + limit * rng.exponential(size=400_000)
    share = np.mean(sums <= 0)
    assert chance_not_above_zero(values, counts, limit) == pytest.approx(share, abs=4 * math.sqrt(share / 400_000))


def test_values_of_zero_and_the_order_of_values_change_nothing() -> None:
    one = chance_not_above_zero([1, -1, 2], [9, 3, 2], -2)
    assert chance_not_above_zero([2, 0, -1, 1, 1], [2, 50, 3, 4, 5], -2) == pytest.approx(one, rel=1e-12)


def test_nothing_above_zero_gives_one_and_a_limit_is_needed() -> None:
    assert chance_not_above_zero([], [], -1) == 1
    assert chance_not_above_zero([-0.5, 0], [3, 3], -1) == 1
    with pytest.raises(ValueError, match="below zero"):
        chance_not_above_zero([1], [1], 0)


def test_rounding_of_very_many_kinds_errs_to_the_safe_side_and_little() -> None:
    values = np.random.default_rng(1).normal(0.0, 0.3, 60_000).clip(-1, 1)
    values += 150 / 60_000 - values.mean()
    rounded = chance_not_above_zero(values, np.ones(60_000), -1)
    # of so many the sum is normal
    exact = stats.norm.sf((values.sum() - 1) / math.sqrt((values**2).sum() + 1))
    assert exact < rounded == pytest.approx(exact, rel=0.2)


@pytest.mark.parametrize(
    ("trials", "kinds"),
    [
        (20, {-4: 1, 1: 4}),  # one prompt in five has eight wrong candidates, the others five right of eight
        (20, {-1.5: 1, 0.5: 3}),
        (12, {-4: 1, 1: 2, 2: 1}),
        (12, {-4: 1, -1: 4, 4: 2}),
        (8, {-2: 1, 0: 5, 0.5: 4}),
    ],
)
def test_no_more_than_the_level_is_rejected_at_a_mean_of_zero(trials: int, kinds: dict[float, int]) -> None:
    """Every outcome counted; a t test on the first would reject in 5.8% and more."""
    values, odds = np.array(list(kinds)), np.array(list(kinds.values()), dtype=float)
    assert values @ odds == 0
    size = 0.0
    for counts in itertools.product(range(trials + 1), repeat=len(kinds)):
        if sum(counts) == trials and chance_not_above_zero(values, counts, min(values)) <= 0.025:
            size += stats.multinomial.pmf(counts, trials, odds / odds.sum())
    assert size <= 0.025
