"""Slices: intervals that hold together, and what is surely below a half."""

import numpy as np

from uncollapse.proxy.exact import ERROR
from uncollapse.proxy.slices import cut_numbers, slices
from uncollapse.proxy.tally import Candidates
from uncollapse.statistics.intervals import share_interval

VALUES = ["a", "b", "c"]


def test_a_slice_that_is_surely_below_a_half_is_found():
    groups = np.repeat([0, 1, 2], [500, 200, 10])
    right = np.concatenate([np.arange(500) < 450, np.arange(200) < 60, np.arange(10) < 0])
    found = slices(Candidates(np.ones(710, bool), right), groups, VALUES, column="topic")
    assert [(one.value, one.surely_below_a_half) for one in found] == [("a", False), ("b", True), ("c", False)]
    assert found[2].precision.high < 0.5  # surely wrong, and 1.4% of what is kept


def test_intervals_are_exact_at_a_level_that_the_slices_share():
    groups, right = np.arange(300) % 3, np.arange(300) % 5 > 0
    for one in slices(Candidates(np.ones(300, bool), right), groups, VALUES, column="x"):
        expected = share_interval(80, 100, confidence=1 - 2 * ERROR / 3)
        assert np.allclose(one.precision, expected, atol=3e-6)


def test_a_slice_of_few_of_many_prompts_is_what_it_is_of_few():
    rng = np.random.default_rng(0)
    kept, right, groups = rng.random(300) < 0.7, rng.random(300) < 0.6, np.arange(300) % 3
    for weight in (None, rng.random(300) + 0.5):
        few, many = (
            slices(Candidates(kept, right, prompts=np.arange(300) // 4 * by, weight=weight), groups, VALUES, column="x")
            for by in (1, 1000)
        )
        assert few == many


def test_all_intervals_hold_in_95_of_100_cases():
    rng, groups, held = np.random.default_rng(0), np.arange(300) % 3, 0
    for _ in range(80):
        right = rng.random(300) < np.array([0.5, 0.6, 0.9])[groups]
        found = slices(Candidates(np.ones(300, bool), right), groups, VALUES, column="x")
        truth = dict(zip(VALUES, (0.5, 0.6, 0.9), strict=True))
        held += all(one.precision.low <= truth[one.value] <= one.precision.high for one in found)
    assert held >= 0.88 * 80


def test_a_prompt_that_lies_in_a_slice_as_a_whole_is_allowed_for():
    """Of most prompts one candidate lies in the slice, and it is right; where all eight do, they are wrong."""
    rng, held = np.random.default_rng(0), 0
    for _ in range(60):
        whole = rng.random(15) < 0.05
        inside = np.where(whole, 8, 1)[:, None] > np.arange(8)
        prompts, right = np.repeat(np.arange(15), 8), np.repeat(~whole, 8)
        found = slices(Candidates(np.ones(120, bool), right, prompts=prompts), 1 - inside.ravel(), ["in", "out"],
                       column="x")  # fmt: skip
        one = next(one for one in found if one.value == "in")
        held += one.precision.low <= 0.95 / (0.95 + 0.4) <= one.precision.high
    assert held >= 0.9 * 60


def test_what_is_not_kept_and_has_no_label_counts_rightly():
    kept = np.array([1, 1, 1, 0, 1, 1], bool)
    labelled = np.array([1, 1, 0, 1, 1, 0], bool)
    found = slices(Candidates(kept, kept, labelled), np.array([0, 0, 0, 0, 1, 1]), ["a", "b", "none"], column="x")
    assert [(one.value, one.share, one.labelled) for one in found] == [("a", 0.6, 2), ("b", 0.4, 1)]


def test_cells_of_numbers_are_named_by_their_ends():
    assert cut_numbers(np.array([1.0, 2.0, 5.0, 9.5]), np.array([0, 0, 2, 2])) == ["1 to 2", "none", "5 to 9.5"]
