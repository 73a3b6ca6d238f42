"""Who solved what, and paired intervals against hand computation and simulation."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

from uncollapse.analysis.correctness import correctness, over_seeds_and_prompts
from uncollapse.statistics.normal import difference_of_shares

OUTCOMES = pd.DataFrame(
    [
        ("a", "greedy", 2, 0.030, 0.010),
        ("a", "greedy", 1, 0.019, 0.019),
        ("a", "wide", 1, 0.500, 0.001),
        ("b", "greedy", 1, 0.020, 0.020),
        ("b", "greedy", 2, math.nan, math.inf),
    ],
    columns=["model", "decoding", "prompt_id", "first_error", "best_error"],
)


def test_correct_means_strictly_below_the_tolerance_in_prompt_order() -> None:
    solved = correctness(OUTCOMES, models=["a", "b"], decoding="greedy", tolerance=0.02)
    assert solved.tolist() == [[100.0, 0.0], [0.0, 0.0]]
    best = correctness(OUTCOMES, models=["b", "a"], decoding="greedy", tolerance=0.02, error="best_error")
    assert best.tolist() == [[0.0, 0.0], [100.0, 100.0]]


def test_other_prompts_or_no_outcomes_are_errors() -> None:
    with pytest.raises(ValueError, match="different prompts"):
        correctness(OUTCOMES[OUTCOMES.index != 4], models=["a", "b"], decoding="greedy", tolerance=0.02)
    with pytest.raises(ValueError, match="no outcomes of 'b' with decoding 'wide'"):
        correctness(OUTCOMES, models=["a", "b"], decoding="wide", tolerance=0.02)


def test_one_seed_gives_the_prompts_interval_only_where_that_is_asked_for() -> None:
    difference = np.array([[100.0, 0.0, 0.0, 0.0]])
    assert math.isnan(over_seeds_and_prompts(difference).low)
    # mean 25, sd 50, four prompts: 3.182446 (t, three degrees) * 25
    estimate = over_seeds_and_prompts(difference, one_seed_suffices=True)
    assert estimate.value == 25.0
    assert estimate.high == pytest.approx(25 + 79.56116, abs=1e-3)


def test_seeds_and_prompts_add_their_variances() -> None:
    # Every prompt alike: only the seeds vary (means 10, 20, 30; sd 10): 4.302653 * 10 / sqrt(3)
    difference = np.array([[10.0] * 5, [20.0] * 5, [30.0] * 5])
    assert over_seeds_and_prompts(difference).high == pytest.approx(20 + 24.84138, abs=1e-4)


def test_intervals_cover_the_truth_as_often_as_they_say() -> None:
    random = np.random.default_rng(0)
    covered = 0
    for _ in range(400):
        seeds, prompts = random.normal(0, 2, (3, 1)), random.normal(0, 20, (1, 60))
        estimate = over_seeds_and_prompts(5 + seeds + prompts + random.normal(0, 10, (3, 60)))
        covered += estimate.low < 5 < estimate.high
    # 95% of 400 is 380, give or take 4.4; counting some noise twice may only widen the intervals
    assert 365 <= covered <= 400


def test_difference_of_two_shares() -> None:
    # sqrt(.67*.33/1000 + .65*.35/1000) = 0.0211754, times 1.959964
    estimate = difference_of_shares(670, 1000, 650, 1000)
    assert estimate.value == 2.0
    assert estimate.high == pytest.approx(2 + 100 * 0.0211754 * 1.959964, abs=1e-3)
