"""One spread where spreads are alike, each its own where they differ: against t tables, scipy and simulation."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from uncollapse.statistics.replicates import Replicates, unequal_spreads, with_intervals


def test_one_group_uses_student_t_and_one_value_has_no_interval() -> None:
    # sd 1, three seeds: 4.302653 (t at 0.975, two degrees of freedom) / sqrt(3)
    estimate = Replicates({"a": [1.0, 2.0, 3.0]}).mean("a")
    assert (estimate.low, estimate.high) == pytest.approx((2 - 2.484138, 2 + 2.484138), abs=1e-5)
    assert math.isnan(Replicates({"a": [66.9], "b": [1.0, 2.0]}).mean("a").low)
    assert Replicates({"a": [5.0, 5.0]}).mean("a").low == 5.0


@pytest.mark.parametrize("values", [[], [1.0, math.nan], [math.inf]])
def test_a_missing_or_diverged_seed_is_an_error(values: list[float]) -> None:
    with pytest.raises(ValueError, match="a: expected one finite value per seed"):
        Replicates({"a": values})


def test_bartlett_s_test_is_scipy_s_and_leaves_out_what_does_not_vary() -> None:
    samples = [[1.0, 2.0, 3.0], [0.0, 9.0], [4.0, 4.0, 4.0], [7.0]]
    assert unequal_spreads(samples) == stats.bartlett(*samples[:2]).pvalue
    assert math.isnan(unequal_spreads(samples[:1]))


def test_spreads_that_differ_are_not_pooled() -> None:
    """Welch's interval, by scipy: two groups with standard deviations of 1 and 20."""
    rng = np.random.default_rng(0)
    quiet, loud = rng.normal(0, 1, 6), rng.normal(5, 20, 4)
    groups = Replicates({"quiet": quiet, "loud": loud, "one": [3.0]})
    assert groups.unequal < 0.001
    found = groups.contrast({"loud": 1, "quiet": -1})
    theirs = stats.ttest_ind(loud, quiet, equal_var=False).confidence_interval()
    assert (found.low, found.high) == pytest.approx((theirs.low, theirs.high))
    assert math.isnan(groups.contrast({"one": 1, "quiet": -1}).low)  # nothing is known of its spread
    assert "Bartlett" in groups.words


def test_like_spreads_are_pooled_and_lent_to_a_single_value() -> None:
    groups = Replicates({"a": [0.0, 2.0], "b": [10.0, 12.0], "c": [4.0]})
    theirs = stats.ttest_ind([10.0, 12.0], [0.0, 2.0]).confidence_interval()
    found = groups.contrast({"b": 1, "a": -1})
    assert (found.low, found.high) == pytest.approx((theirs.low, theirs.high))
    # variance 2, two degrees of freedom: 4.302653 sqrt(2 (1 + 1/2))
    assert groups.contrast({"c": 1, "a": -1}).high == pytest.approx(3 + 4.302653 * 3**0.5, abs=1e-5)
    assert "of the 2 settings of 3 that have several (2 degrees" in groups.words


def test_the_same_models_under_two_names_count_once() -> None:
    once, twice = Replicates({"a": [0.0, 2.0]}), Replicates({"a": [0.0, 2.0], "again": [0.0, 2.0]})
    assert once.mean("a") == twice.mean("a")


@pytest.mark.parametrize("spreads", [(1, 1, 1, 1), (1, 1, 1, 6)])
def test_intervals_cover_the_true_contrast(spreads: tuple[float, ...]) -> None:
    """Three seeds each, the weights of "the last step over the one before": the noisiest group has the least weight."""
    rng = np.random.default_rng(1)
    weights = {0: 1.0, 1: -2.0, 3: 1.0}
    covered = []
    for _ in range(600):
        groups = Replicates({name: rng.normal(0, spread, 3) for name, spread in enumerate(spreads)})
        found = groups.contrast(weights)
        covered.append(found.low <= 0 <= found.high)
    assert 0.88 <= np.mean(covered) <= 0.98


def test_perplexities_are_compared_as_logarithms() -> None:
    frame = pd.DataFrame({"share": [0, 0, 100, 100], "perplexity": [400.0, 410.0, 800.0, 840.0]})
    found = with_intervals(frame, "share", "perplexity", logarithmic=True)
    assert found["mean"].tolist() == pytest.approx([(400 * 410) ** 0.5, (800 * 840) ** 0.5])
    ratio = found["high"] / found["mean"]
    assert ratio[0] == pytest.approx(ratio[1])  # one relative spread
    assert found["mean"][0] / found["low"][0] == pytest.approx(ratio[0])
