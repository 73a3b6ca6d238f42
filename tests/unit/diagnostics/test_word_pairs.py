"""Pairs counted as numbers: as by hand, however few can be told apart at a time."""

import re
from collections import Counter
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from uncollapse.diagnostics.word_pairs import WordPairs


def by_hand(texts: list[str]) -> Counter[tuple[str, str]]:
    return Counter(
        pair for text in texts for run in re.split(r"[^\w\s]+", text.lower()) for pair in pairwise(run.split())
    )


@pytest.fixture(scope="module")
def texts() -> list[str]:
    rng = np.random.default_rng(0)
    words = np.array([*"abcdefgh", "ΑΣ", "don't", "x--y", "naïve", "…", "a\xa0b", "c\x1cd", "_", "İ", "e\u0301f"])
    chances = 1 / np.arange(1, len(words) + 1)
    found = [" ".join(rng.choice(words, size=rng.integers(60), p=chances / chances.sum())) for _ in range(300)]
    return [*found, "", "\n", "one", "A\nB a\tb"]


def top_by_hand(texts: list[str], count: int) -> list[tuple[str, str]]:
    return [pair for _, pair in sorted((-times, pair) for pair, times in by_hand(texts).items())[:count]]


@pytest.mark.parametrize("count", [1, 5, 1000])
def test_the_most_frequent_are_those_by_hand(texts: list[str], count: int) -> None:
    assert WordPairs().top(texts, count) == top_by_hand(texts, count)


def test_what_is_forgotten_is_counted_again(texts: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("uncollapse.diagnostics.word_pairs._CHUNK", 7)
    monkeypatch.setattr("uncollapse.diagnostics.word_pairs._STRINGS", 4)
    asked = []

    class Counting(WordPairs):
        def count(self, *given: Any, **named: Any) -> Any:
            asked.append(given)
            return super().count(*given, **named)

    assert Counting(different=40).top(texts, 3) == top_by_hand(texts, 3)
    assert asked


def test_groups_are_counted_as_by_hand(texts: list[str]) -> None:
    pairs = [*top_by_hand(texts, 5), ("never", "there"), ("a", "never")]
    counts, totals = WordPairs().count(texts, pairs, groups=7)
    for group in range(7):
        found = by_hand(texts[group::7])
        assert totals[group] == found.total()
        assert counts[group].tolist() == [found[pair] for pair in pairs]
