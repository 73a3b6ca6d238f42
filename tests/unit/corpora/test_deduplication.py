"""Which documents are dropped: exact Jaccard similarity as the judge, in any number at a time; indices on disk."""

import random
import re
from itertools import combinations, pairwise

import numpy as np
import pytest

from uncollapse.corpora.deduplication import Duplicates
from uncollapse.corpora.fragments import Words, split
from uncollapse.corpora.near_duplicates import rows_of_bands
from uncollapse.corpora.shingles import BINS, WordHashes, shingles, signatures
from uncollapse.corpora.sorted_runs import SortedRuns
from uncollapse.metrics.words import words_or_characters


def _documents(count: int) -> list[str]:
    """Texts, short and long, half of them changed copies."""
    rng = random.Random(0)
    texts = ["Once, more", "once more!", "", "🙂 🙂", "🙂🙂", "one two three four five", "Five four", "a\ud800b c"]
    while len(texts) < count:
        if rng.random() < 0.5:
            words = rng.choice(texts).split()
            share = rng.random() * 0.1
            words = [rng.choice(["Ä", "x-y", "No.", "z"]) if rng.random() < share else word for word in words]
        else:
            words = ["".join(rng.choices("abc", k=3)) for _ in range(rng.choice([3, 20, 60, 150]))]
        texts.append(rng.choice([" ", "\n", "\xa0"]).join(words))
    return texts


def _shingles(text: str) -> frozenset[str]:
    words = words_or_characters(text.casefold())
    return frozenset(" ".join(words[i : i + 5]) for i in range(max(1, len(words) - 4)))


def _by_hand(texts: list[str], near: float) -> list[str]:
    kept: list[tuple[list[str], frozenset[str]]] = []
    reasons = []
    for text in texts:
        mine = words_or_characters(text.casefold()), _shingles(text)
        if any(mine[0] == words for words, _ in kept):
            reasons.append("exact duplicate")
        elif any(len(mine[1] & other) >= near * len(mine[1] | other) for _, other in kept):
            reasons.append("near duplicate")
        else:
            reasons.append("")
            kept.append(mine)
    return reasons


@pytest.mark.parametrize("size", [1, 17, 600])
def test_those_are_dropped_that_exact_similarities_drop(size: int) -> None:
    texts = _documents(600)
    seen = Duplicates(near=0.7)
    found = [reason for start in range(0, len(texts), size) for reason in seen.reasons(texts[start : start + size])]
    wanted = _by_hand(texts, 0.7)
    assert min(wanted.count(reason) for reason in ("", "exact duplicate", "near duplicate")) > 30
    assert found == wanted


@pytest.mark.parametrize("near", [0.3, 0.5, 0.7, 0.9, 1.0])
def test_bands_find_99_of_100_pairs_at_the_limit(near: float) -> None:
    rows = rows_of_bands(near)
    assert 1 - (1 - near**rows) ** (BINS // rows) >= 0.99
    assert near == 1 or 1 - (1 - near ** (rows + 1)) ** (BINS // (rows + 1)) < 0.99


def test_signatures_agree_as_often_as_shingles_do() -> None:
    rng = np.random.default_rng(0)
    for size, common in ((3, 2), (40, 20), (300, 240)):
        found = []
        for _ in range(60):
            hashes = rng.integers(0, 2**64, size=2 * size - common, dtype=np.uint64)
            one, other = signatures(np.concatenate([hashes[:size], hashes[-size:]]), np.array([size, size]))
            found.append(float((one == other).mean()))
        similarity = common / (2 * size - common)
        assert abs(np.mean(found) - similarity) < 5 * np.std(found) / 60**0.5


def test_shingles_differ_as_the_words_do() -> None:
    texts = _documents(60)
    values, sizes = shingles(*WordHashes()(texts))
    sets = [frozenset(part.tolist()) for part in np.split(values, np.cumsum(sizes)[:-1])]
    for (text, mine), (other_text, other) in combinations(zip(texts, sets, strict=True), 2):
        expected = len(_shingles(text) & _shingles(other_text))
        assert len(mine & other) == expected


def test_an_index_on_disk_finds_what_a_dictionary_does(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("uncollapse.corpora.sorted_runs._AT_ONCE", 700)
    monkeypatch.setattr("uncollapse.corpora.sorted_runs._MERGED_AT_ONCE", 900)
    rng = np.random.default_rng(0)
    index, wanted = SortedRuns(in_memory=500), {}
    for _ in range(30):
        keys = rng.integers(0, 2000, size=300, dtype=np.uint64) * np.uint64(2**52 + 1)
        keys[:40] = 2**64 - 1  # one key that fills more than a page
        values = rng.integers(0, 2**64, size=300, dtype=np.uint64)
        index.add(keys, values)
        for key, value in zip(keys.tolist(), values.tolist(), strict=True):
            wanted.setdefault(key, []).append(value)
    assert len(index._runs) > 1
    sought = np.concatenate([np.array(list(wanted), dtype=np.uint64), [np.uint64(1), np.uint64(2**64 - 1)]])
    places, values = index.find(sought)
    for place, key in enumerate(sought.tolist()):
        assert sorted(values[places == place].tolist()) == sorted(wanted.get(key, []))


def test_nothing_is_found_in_an_empty_index() -> None:
    places, values = SortedRuns().find(np.arange(3, dtype=np.uint64))
    assert places.tolist() == values.tolist() == []


def test_strings_are_split_at_ascii_white_space_alone() -> None:
    texts = ["  a\tb\x0bc ", "", "a\u2028d\x1ce", "\ud800 a"]
    different, numbers, ends = split(texts)
    found = [[different[one] for one in numbers[a:b]] for a, b in pairwise(ends)]
    wanted = [["a", "b", "c"], [], ["a\u2028d\x1ce"], ["\ud800", "a"]]
    assert [[part for part in parts if part] for parts in found] == wanted


def test_words_are_numbered_once() -> None:
    asked = []

    def number(word: str) -> int:
        asked.append(word)
        return -len(asked)

    words = Words("[a-z]", alike=str.lower, number=number, compiled=re.compile)
    for _ in range(2):
        values, counts = words.of_texts(["a-B! a", "", "...", "a b", "c"])
        assert values.tolist() == [-1, -2, -1, -1, -2, -3]
        assert counts.tolist() == [3, 0, 0, 2, 1]
    assert asked == ["a", "b", "c"]
