"""What a verifier returned is held against what it must return."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from uncollapse.errors import DataError
from uncollapse.verifiers.scoring import checked_scores

GOOD = np.array([[0.5, -1.0], [2.0, 0.0]])


def _checked(returned: Any) -> Any:
    return checked_scores(returned, shape=(2, 2), verifier="mine.py")


def test_scores_alone() -> None:
    scores, accepted = _checked((GOOD, None))
    assert scores.tolist() == GOOD.tolist()
    assert accepted is None


def test_scores_of_other_kinds_become_float64() -> None:
    scores, accepted = _checked(([[1, 2], [3, 4]], [[True, False], [False, False]]))
    assert scores.dtype == np.float64
    assert scores.tolist() == [[1, 2], [3, 4]]
    assert accepted.tolist() == [[True, False], [False, False]]


@pytest.mark.parametrize(
    ("returned", "word"),
    [
        (GOOD, "must return (scores, accepted)"),
        ([GOOD, None], "must return"),
        ((GOOD, None, None), "must return"),
        (None, "NoneType"),
        ((GOOD[0], None), "(2,)"),
        ((GOOD.T[:1], None), "(1, 2)"),
        ((GOOD[..., None], None), "(2, 2, 1)"),
        ((np.array([[np.nan, 1.0], [np.nan, 1.0]]), None), "2 of 4 scores are NaN"),
        ((GOOD, GOOD), "bool"),
        ((GOOD, np.array([True, False])), "(2,)"),
        ((GOOD, np.array([[1, 0], [0, 1]])), "int64"),
        (([["a", "b"], ["c", "d"]], None), "scores"),
        (([[1.0, 2.0], [3.0]], None), "scores"),
    ],
)
def test_anything_else_is_refused_by_name(returned: Any, word: str) -> None:
    with pytest.raises(DataError) as caught:
        _checked(returned)
    assert "mine.py" in str(caught.value)
    assert word in str(caught.value)
