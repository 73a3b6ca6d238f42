"""Thresholds from strict to loose: where the sequence begins, and where it ends."""

import pytest
from scipy import stats

from uncollapse.proxy.exact import ERROR
from uncollapse.proxy.fixed_sequence import labels_that_can_pass, passing, start


@pytest.mark.parametrize("least", [0.1, 0.5, 0.8, 0.95])
def test_fewest_labels_that_can_pass(least):
    number = labels_that_can_pass(least)
    assert least**number <= ERROR < least ** (number - 1)
    assert stats.binomtest(number, number, least, alternative="greater").pvalue <= ERROR


def test_it_begins_where_there_is_power_and_not_where_nothing_can_pass():
    assert start([5, 10, 20, 33, 40, 100, 1000], 5000) == 3  # 33 labels tell 75% from a half
    assert start([2, 4, 6, 8, 12, 20], 20) == 2  # a quarter would be five, of which none can pass
    assert start([1, 2, 3], 3) is None


def test_it_ends_at_the_first_failure():
    assert passing([0.001, 0.02, 0.03, 0.001], 0) == [True, True, False, None]
    assert passing([0.001, 0.02], None) == [None, None]
    assert passing([0.9, 0.001], 1) == [None, True]
