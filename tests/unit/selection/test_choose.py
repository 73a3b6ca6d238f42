"""The selectors by hand."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from uncollapse.candidates.judged import Scores
from uncollapse.errors import DataError
from uncollapse.selection.choose import chosen
from uncollapse.selection.sequences.random import RandomRows
from uncollapse.selection.settings import DatasetSettings

SCORES = np.array([[-1.0, -0.5, -2.0], [-3.0, -3.0, -4.0], [-5.0, -1.0, -1.0], [0.0, -1.0, -2.0]])
ACCEPTED = np.array([[False, True, False], [True, False, False], [False, False, False], [True, True, True]])
REJECTED = -1


def _ranks(scores: np.ndarray, accepted: np.ndarray | None, **settings: object) -> list[int]:
    """What the selector chooses of two groups of two prompts."""
    chosen_by = DatasetSettings(decoding="beam3", **settings)  # type: ignore[arg-type]
    groups = [
        Scores(prompt_id=np.arange(4)[part], scores=scores[part], accepted=None if accepted is None else accepted[part])
        for part in (slice(0, 2), slice(2, 4))
    ]
    return np.concatenate([choice.rank for choice in chosen(groups, chosen_by, prompts=4)]).tolist()


def test_first_is_the_most_probable_whatever_the_scores() -> None:
    assert _ranks(SCORES, ACCEPTED, select="all") == [0, 0, 0, 0]


def test_correct_looks_at_the_most_probable_alone() -> None:
    """The second candidate of the first prompt is accepted, but data selection does not see it."""
    assert _ranks(SCORES, ACCEPTED, select="correct", verifier="oracle") == [REJECTED, 0, REJECTED, 0]


def test_correct_needs_a_verdict() -> None:
    with pytest.raises(DataError, match="no verdict"):
        _ranks(SCORES, None, select="correct", verifier="oracle")


def test_best_takes_the_highest_score_and_the_more_probable_among_equals() -> None:
    assert _ranks(SCORES, None, select="best", verifier="oracle") == [1, 0, 1, 0]


def test_random_rows_are_as_many_as_asked_for() -> None:
    for size in (1, 7, 20):
        assert RandomRows(20, size, seed=0).take(20).sum() == size
    assert RandomRows(20, 7, seed=1).take(20).tolist() == RandomRows(20, 7, seed=1).take(20).tolist()
    assert RandomRows(20, 7, seed=1).take(20).tolist() != RandomRows(20, 7, seed=2).take(20).tolist()


def test_random_rows_are_drawn_evenly() -> None:
    counts = sum(RandomRows(10, 3, seed=seed).take(10).astype(int) for seed in range(2000))
    # each row is drawn with probability 0.3; five standard errors
    assert np.abs(counts / 2000 - 0.3).max() < 5 * np.sqrt(0.21 / 2000)


@given(st.integers(0, 30_000), st.floats(0, 1), st.lists(st.integers(1, 20_000), max_size=6))
def test_random_rows_are_the_same_in_whatever_portions_they_are_taken(rows: int, share: float, cuts: list[int]) -> None:
    size = int(share * rows)
    whole = RandomRows(rows, size, seed=3).take(rows)
    assert whole.sum() == size
    drawn = RandomRows(rows, size, seed=3)
    edges = [0, *sorted(cut for cut in cuts if cut < rows), rows]
    portions = [drawn.take(stop - start) for start, stop in itertools.pairwise(edges)]
    assert np.array_equal(np.concatenate(portions), whole)


def test_random_rows_over_several_blocks_are_drawn_evenly() -> None:
    """As many from the first and the last block as chance allows: five standard deviations of a share of 0.5."""
    mask = RandomRows(40_000, 20_000, seed=0).take(40_000)
    for part in np.split(mask, 5):
        assert abs(part.mean() - 0.5) < 5 * 0.5 / np.sqrt(8000)


@pytest.mark.parametrize(("size", "count"), [(8, 7), (3, 8)])
def test_more_random_rows_than_there_are(size: int, count: int) -> None:
    with pytest.raises(ValueError, match="rows"):
        RandomRows(7, size, seed=0).take(count)
