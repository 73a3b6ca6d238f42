"""The selectors by hand."""

from __future__ import annotations

import numpy as np
import pytest

from uncollapse.errors import DataError
from uncollapse.selection.choose import REJECTED, choose_best, choose_correct, choose_first, random_rows

SCORES = np.array([[-1.0, -0.5, -2.0], [-3.0, -3.0, -4.0], [-5.0, -1.0, -1.0], [0.0, -1.0, -2.0]])
ACCEPTED = np.array([[False, True, False], [True, False, False], [False, False, False], [True, True, True]])


def test_first_is_the_most_probable_whatever_the_scores() -> None:
    assert choose_first(SCORES, ACCEPTED).tolist() == [0, 0, 0, 0]


def test_correct_looks_at_the_most_probable_alone() -> None:
    """The second candidate of the first prompt is accepted, but data selection does not see it."""
    assert choose_correct(SCORES, ACCEPTED).tolist() == [REJECTED, 0, REJECTED, 0]


def test_correct_needs_a_verdict() -> None:
    with pytest.raises(DataError, match="no verdict"):
        choose_correct(SCORES, None)


def test_best_takes_the_highest_score_and_the_more_probable_among_equals() -> None:
    assert choose_best(SCORES, None).tolist() == [1, 0, 1, 0]


def test_random_rows_are_as_many_as_asked_for() -> None:
    for size in (1, 7, 20):
        assert random_rows(20, size, seed=0).sum() == size
    assert random_rows(20, 7, seed=1).tolist() == random_rows(20, 7, seed=1).tolist()
    assert random_rows(20, 7, seed=1).tolist() != random_rows(20, 7, seed=2).tolist()


def test_random_rows_are_drawn_evenly() -> None:
    counts = sum(random_rows(10, 3, seed=seed).astype(int) for seed in range(2000))
    # each row is drawn with probability 0.3; five standard errors
    assert np.abs(counts / 2000 - 0.3).max() < 5 * np.sqrt(0.21 / 2000)
