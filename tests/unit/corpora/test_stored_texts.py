"""Texts on disk behave as a list of them does."""

import numpy as np
import pytest

from uncollapse.corpora.stored_texts import StoredTexts, taken, with_last, word_counts


@pytest.fixture
def texts() -> list[str]:
    return ["to be", "", "naïve 一二\n三", "x" * 5000, "half \ud800", "to  be"]


@pytest.fixture
def stored(texts: list[str]) -> StoredTexts:
    found = StoredTexts()
    for text in texts:
        found.append(text)
    return found


@pytest.mark.parametrize("part", [slice(None), slice(1, None, 2), slice(None, None, -1), slice(9, 12)])
def test_places_and_parts(stored: StoredTexts, texts: list[str], part: slice) -> None:
    assert list(stored) == texts
    assert [stored[place] for place in range(-6, 0)] == texts
    assert list(stored[part]) == texts[part]
    assert list(stored[part][1:]) == texts[part][1:]
    assert word_counts(stored[part]).tolist() == word_counts(texts[part]).tolist()
    with pytest.raises(IndexError):
        stored[6]


def test_some_are_taken_and_the_last_is_replaced(stored: StoredTexts, texts: list[str]) -> None:
    rows = np.array([3, 0, 2])
    some, listed = (with_last(taken(each, rows), "one") for each in (stored, texts))
    assert list(some) == listed == ["x" * 5000, "to be", "one"]
    assert word_counts(some).tolist() == [1, 2, 1]
    assert list(taken(some, np.array([2, 1]))) == ["one", "to be"]
    assert list(taken(stored, rows))[-1] == texts[2]


def test_what_is_counted(stored: StoredTexts) -> None:
    assert stored.words.tolist() == [2, 0, 3, 1, 2, 2]
    assert stored.characters.tolist() == [4, 0, 8, 5000, 5, 4]
    assert (stored.marks[0] == stored.marks[5]).all()
    assert len(np.unique(stored.marks[:, 0])) == 5
