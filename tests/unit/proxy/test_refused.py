"""What the library would misread is refused: 0 and 1 for booleans, one dimension for two, a text for texts."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from uncollapse.errors import DataError
from uncollapse.passage_selection.dsir import chunks, importance
from uncollapse.passage_selection.hashed_ngrams import HashedNgrams
from uncollapse.proxy.estimate import Tally, estimate
from uncollapse.proxy.tally import Candidates

RIGHT = np.array([[True], [False], [True], [False]])
KEPT = np.array([[True], [False], [True], [True]])


def test_booleans_of_prompts_by_candidates_are_taken() -> None:
    """Of 2 right answers 2 are kept, of 2 wrong ones 1: p_* = 1/(1 + 1/2)."""
    for right, kept in ((RIGHT, KEPT), (RIGHT.tolist(), KEPT.tolist())):
        found = estimate(Tally.of(right, kept), resamples=100, rng=np.random.default_rng(0))
        assert found["p"].value == 0.5
        assert found["p_star"].value == pytest.approx(2 / 3)


@pytest.mark.parametrize(
    ("right", "kept", "words"),
    [
        (RIGHT.astype(int), KEPT, "correct holds int64, expected booleans: correct == 1"),
        (RIGHT, KEPT.astype(float), "kept holds float64"),
        (RIGHT[:, 0], KEPT[:, 0], r"correct has shape \(4,\), expected prompts by candidates"),
        (RIGHT, KEPT[:3], r"shape \(4, 1\) and kept \(3, 1\)"),
        ([["yes"], ["no"]], [[True], [True]], "correct holds <U3"),
    ],
)
def test_what_would_be_counted_wrongly_is_refused(right: Any, kept: Any, words: str) -> None:
    with pytest.raises(DataError, match=words):
        Tally.of(right, kept)


def test_columns_of_candidates_are_checked() -> None:
    kept, right = KEPT[:, 0], RIGHT[:, 0]
    Candidates(kept, right, prompts=np.arange(4))
    with pytest.raises(DataError, match="kept holds int64"):
        Candidates(kept.astype(int), right)
    with pytest.raises(DataError, match="right has 3 values and kept 4"):
        Candidates(kept, right[:3])
    with pytest.raises(DataError, match=r"kept has shape \(4, 1\)"):
        Candidates(KEPT, right)
    for prompts in (np.array([0, 1, -1, 2]), np.array([0.2, 0.7, 1.0, 2.0]), np.array(list("abcd"))):
        with pytest.raises(DataError, match="prompts must be whole numbers from 0"):
            Candidates(kept, right, prompts=prompts)
    for weight in (0.0, -1.0, np.nan, np.inf):
        with pytest.raises(DataError, match="weight has values that are not above zero"):
            Candidates(kept, right, weight=np.array([1.0, 1.0, 1.0, weight]))


def test_texts_are_not_taken_for_chunks(tmp_path: Path) -> None:
    texts = ["the cat sat on the mat", "a dog ran", "rain again in the town"]
    with pytest.raises(DataError, match=r"raw holds texts, expected chunks of documents; chunks\(texts\)"):
        importance(texts, chunks(texts), folder=tmp_path)
    with pytest.raises(DataError, match="target holds texts"):
        importance(chunks(texts), texts, folder=tmp_path)
    with pytest.raises(DataError, match="texts is one text"):
        importance(iter(texts), chunks(texts), folder=tmp_path)  # a stream of texts is seen at the first
    with pytest.raises(DataError, match="texts is one text"):
        list(chunks("the cat sat"))  # type: ignore[arg-type]
    with pytest.raises(DataError, match="texts is one text"):
        HashedNgrams().features("the cat sat")  # type: ignore[arg-type]
    found = importance(chunks(texts), chunks(texts), folder=str(tmp_path / "new"))  # type: ignore[arg-type]
    assert len(found.log_weights) == 3
