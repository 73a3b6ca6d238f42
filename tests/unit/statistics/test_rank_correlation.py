"""Spearman's correlation, its interval and its p, and what several ranks explain together."""

from __future__ import annotations

import math
from itertools import permutations

import numpy as np
import pytest
from scipy import stats

from uncollapse.statistics import rank_correlation
from uncollapse.statistics.rank_correlation import Ranks, spearman


def test_spearman_is_scipys_ties_included() -> None:
    rng = np.random.default_rng(1)
    x, y = rng.integers(0, 4, 9), rng.normal(size=9)
    assert spearman(x, y) == pytest.approx(stats.spearmanr(x, y).statistic)


def test_without_variation_there_is_no_correlation() -> None:
    assert math.isnan(spearman([1, 1, 1], [1, 2, 3]))


def test_the_interval_is_that_of_other_draws_for_the_same_selections() -> None:
    """Twelve selections far apart and two that draws exchange: the correlation is sure but for these two."""
    worth = np.arange(12.0)
    draws = worth + np.random.default_rng(0).normal(0, [0.6, 0.6] + 10 * [0.0], (2000, 12))
    found = Ranks({"p*": worth}, worth, draws).correlation("p*")
    exchanged = worth[[1, 0, *range(2, 12)]]
    assert found.value == found.high == pytest.approx(1.0)
    assert found.low == pytest.approx(float(spearman(worth, exchanged)))
    assert math.isnan(Ranks({"p*": worth}, worth).correlation("p*").low)


def test_few_selections_in_order_may_be_chance_however_well_they_are_measured() -> None:
    for points, sure in ((4, False), (5, True)):
        order = np.arange(float(points))
        ranks = Ranks({"p*": order}, order, np.tile(order, (10, 1)))
        assert ranks.p_value("p*") == pytest.approx(2 / math.factorial(points))  # this order, and its reverse
        assert (ranks.correlation("p*").low > 0) == sure


def test_the_p_value_is_that_of_all_permutations(monkeypatch: pytest.MonkeyPatch) -> None:
    x, y = [1.0, 2, 3, 4, 5, 6], [2.0, 1, 4, 3, 6, 5]
    every = [abs(spearman(x, order)) for order in permutations(y)]
    exact = np.mean(np.array(every) >= abs(spearman(x, y)) - 1e-12)
    assert Ranks({"x": x}, y).p_value("x") == pytest.approx(exact)
    monkeypatch.setattr(rank_correlation, "EXACT", 5)
    assert Ranks({"x": x}, y).p_value("x") == pytest.approx(exact, abs=0.01)  # of random orders


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
