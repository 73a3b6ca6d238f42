"""Spearman's correlation, its interval and its p, and what several ranks explain together."""

from __future__ import annotations

import math
from itertools import permutations

import numpy as np
import pytest
from scipy import stats

from uncollapse.statistics.rank_correlation import Ranks, interval, spearman


def test_spearman_is_scipys_ties_included() -> None:
    rng = np.random.default_rng(1)
    x, y = rng.integers(0, 4, 9), rng.normal(size=9)
    assert spearman(x, y) == pytest.approx(stats.spearmanr(x, y).statistic)


def test_without_variation_there_is_no_correlation() -> None:
    assert math.isnan(spearman([1, 1, 1], [1, 2, 3]))
    assert math.isnan(interval([1, 1, 1, 1], [1, 2, 3, 4]).low)


@pytest.mark.parametrize("rho", [0.0, 0.6])
def test_the_interval_covers_the_true_correlation(rho: float) -> None:
    """Twelve selections drawn from a normal pair; Spearman's true value is 6/pi arcsin(rho/2)."""
    rng = np.random.default_rng(3)
    true = 6 / math.pi * math.asin(rho / 2)
    draws = rng.multivariate_normal([0, 0], [[1, rho], [rho, 1]], size=(1000, 12))
    found = [interval(*draw.T) for draw in draws]
    assert 0.93 <= np.mean([one.low <= true <= one.high for one in found]) <= 0.99


def test_few_points_give_no_interval_and_a_perfect_order_a_wide_one() -> None:
    assert math.isnan(interval([0.5, 0.7, 1], [1, 2, 3]).low)
    perfect = interval([1, 2, 3, 4, 5], [1, 2, 3, 4, 5])
    assert perfect.value == perfect.high == pytest.approx(1.0)
    assert 0 < perfect.low < 0.9


def test_the_p_value_is_that_of_all_permutations() -> None:
    x, y = [1.0, 2, 3, 4, 5, 6], [2.0, 1, 4, 3, 6, 5]
    every = [abs(spearman(x, order)) for order in permutations(y)]
    exact = np.mean(np.array(every) >= abs(spearman(x, y)) - 1e-12)
    assert Ranks({"x": x}, y).p_value("x") == pytest.approx(exact, abs=0.01)


def test_two_quantities_explain_what_neither_does_alone() -> None:
    """Accuracy that falls where either falls: each alone ranks badly, both together well."""
    stars = np.array([1, 1, 1, 1, 2, 2, 3, 3, 4, 4])
    cover = np.array([1, 2, 3, 4, 1, 4, 1, 4, 2, 3])
    ranks = Ranks({"p*": stars, "share": cover}, stars + cover + 0.01 * np.arange(10))
    assert ranks.explained("p*", "share") > 0.9 > ranks.explained("p*")
    assert ranks.partial("share", "p*") > 0.9
    assert ranks.p_value("p*", "share") < 0.001
    backwards = Ranks({"p*": stars, "share": -cover}, stars + cover)
    assert backwards.partial("share", "p*") < -0.9
