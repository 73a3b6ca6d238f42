"""Spearman's correlation and its interval."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from uncollapse.statistics.rank_correlation import over_verifiers_and_seeds, spearman


def test_spearman_is_scipys_ties_included() -> None:
    rng = np.random.default_rng(1)
    x, y = rng.integers(0, 4, 9), rng.normal(size=9)
    assert spearman(x, y) == pytest.approx(stats.spearmanr(x, y).statistic)


def test_without_variation_there_is_no_correlation() -> None:
    assert math.isnan(spearman([1, 1, 1], [1, 2, 3]))


def test_an_interval_is_narrow_where_order_is_certain_and_wide_where_it_is_not() -> None:
    rng = np.random.default_rng(0)
    x = np.linspace(0.5, 1.0, 8)
    certain = over_verifiers_and_seeds(x, [[100 * p, 100 * p + 1] for p in x], rng=rng)
    assert certain.value == pytest.approx(1.0)
    assert certain.low > 0.9
    noisy = over_verifiers_and_seeds(x, [rng.normal(10 * p, 8, 3) for p in x], rng=rng)
    assert noisy.high - noisy.low > 0.5


def test_seeds_are_resampled_too() -> None:
    """Means in perfect order, of seeds that differ by far more than the means do."""
    x = [0.5, 0.6, 0.7, 0.8, 0.9]
    apart = [[10 * p - 40, 10 * p + 40] for p in x]
    found = over_verifiers_and_seeds(x, apart, rng=np.random.default_rng(0))
    assert found.value == pytest.approx(1.0)
    assert found.low < 0.2


def test_three_verifiers_give_no_interval() -> None:
    assert math.isnan(over_verifiers_and_seeds([0.5, 0.7, 1], [[1], [2], [3]], rng=np.random.default_rng(0)).low)
