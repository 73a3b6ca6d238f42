"""How many labels: the exact test's own power, and both tests together by simulation."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from uncollapse.errors import DataError
from uncollapse.proxy.exact import ERROR, Gap, kept_precision
from uncollapse.proxy.plan import labels_for_lift, labels_for_precision, plan, power_of_go, power_of_precision, spreads
from uncollapse.proxy.tally import Counts


@pytest.mark.parametrize(
    ("least", "expected"),
    [
        (0.5, {0.55: 786, 0.6: 199, 0.65: 90, 0.7: 49, 0.8: 20, 0.9: 12}),
        (0.8, {0.85: 466, 0.9: 107, 0.95: 41}),
    ],
)
def test_labels_of_kept_candidates(least: float, expected: dict[float, int]) -> None:
    assert {precision: labels_for_precision(precision, least) for precision in expected} == expected


@pytest.mark.parametrize(
    ("labels", "precision", "least"), [(199, 0.6, 0.5), (12, 0.9, 0.5), (30, 0.95, 0.8), (5, 1, 0.5)]
)
def test_power_is_that_of_the_binomial_test(labels: int, precision: float, least: float) -> None:
    passing = [right for right in range(labels + 1) if stats.binom.sf(right - 1, labels, least) <= ERROR]
    expected = stats.binom.pmf(passing, labels, precision).sum()
    assert power_of_precision(labels, precision, least) == pytest.approx(expected)


@pytest.mark.parametrize(("kept", "dropped"), [(0.7, 0.4), (0.6, 0.45), (0.7, 0.0), (0.95, 0.05), (0.55, 0.2)])
def test_a_plans_labels_are_a_go_as_often_as_it_says(kept: float, dropped: float) -> None:
    found, rng, passed = plan(kept, dropped_precision=dropped), np.random.default_rng(0), 0
    for _ in range(200):
        right, other = rng.binomial(found.kept, kept), rng.binomial(found.dropped, dropped)
        repeats = np.array([found.dropped - other, other, found.kept - right, right])
        counts = Counts(np.eye(4, dtype=int), repeats, found.kept, found.dropped, 1.0)
        passed += kept_precision(counts).chance_of_at_most(0.5) <= ERROR and Gap(counts).chance_of_at_most(0.0) <= ERROR
    assert passed / 200 > 0.74
    assert passed / 200 == pytest.approx(power_of_go(found.kept, found.dropped, kept, dropped), abs=0.08)


def test_labels_at_random_cost_what_the_selection_is_rare() -> None:
    found = plan(0.7, dropped_precision=0.4, kept_share=0.1)
    assert found.at_random == found.kept * 10
    assert found.at_random > 5 * (found.kept + found.dropped)


def test_spreads_against_draws() -> None:
    rng = np.random.default_rng(1)
    kept, dropped = rng.binomial(150, 0.8, 20_000) / 150, rng.binomial(150, 0.45, 20_000) / 150
    right = 0.1 * kept + 0.9 * dropped
    phi, psi = 0.1 * kept / right, 0.1 * (1 - kept) / (1 - right)
    found = spreads(0.8, 0.45, 0.1, kept=150, dropped=150)
    assert found == pytest.approx((np.std(phi / (phi + psi)), kept.std()), rel=0.05)


def test_what_no_labels_can_show_is_said() -> None:
    with pytest.raises(DataError, match="--precision between"):
        labels_for_precision(0.5)
    with pytest.raises(DataError, match="more than 1,000,000"):
        labels_for_precision(0.5001)
    with pytest.raises(DataError, match="--dropped-precision below"):
        plan(0.7, dropped_precision=0.7)
    assert labels_for_lift(0.6, 0.7, 100) == np.inf
    assert labels_for_lift(0.6, 0.5, 20) == np.inf
