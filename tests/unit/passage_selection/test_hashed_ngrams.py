"""Buckets as the package data-selection counts them, whatever the chunks and whatever the cache forgets."""

import json
from pathlib import Path

import numpy as np
import pytest

from uncollapse.passage_selection import hashed_ngrams
from uncollapse.passage_selection.hashed_ngrams import HashedNgrams

FIXTURES = {
    engine: json.loads(Path(__file__).with_name(f"data_selection_1.0.3_nltk_{nltk}.json").read_text())
    for engine, nltk in (("regex", "3.10.4"), ("re", "3.9.4"))
}
PACKAGE = FIXTURES["regex"]


def document_counts(features: hashed_ngrams.Features) -> list[dict[str, int]]:
    counts = []
    for start, end in zip(features.offsets[:-1], features.offsets[1:], strict=True):
        places, numbers = np.unique(features.buckets[start:end], return_counts=True)
        counts.append(dict(zip(map(str, places.tolist()), numbers.tolist(), strict=True)))
    return counts


@pytest.mark.parametrize("engine", ["regex", "re"])
def test_counts_and_lengths_are_the_packages(engine: str) -> None:
    package = FIXTURES[engine]
    features = HashedNgrams(engine=engine).features(package["raw"])
    assert document_counts(features) == package["counts"]
    assert features.words.tolist() == package["words"]


def test_the_engines_differ_on_the_texts() -> None:
    assert FIXTURES["regex"]["raw"] == FIXTURES["re"]["raw"]
    assert FIXTURES["regex"]["counts"] != FIXTURES["re"]["counts"]


def test_single_buckets_are_the_packages() -> None:
    spelled = PACKAGE["buckets"]
    hasher = HashedNgrams(longest=1)
    words = [text for text in spelled if " " not in text]
    assert hasher.features(words).buckets.tolist() == [spelled[word] for word in words]
    pairs = [text for text in spelled if " " in text]
    assert HashedNgrams().features(pairs).of_length(2).buckets.tolist() == [spelled[pair] for pair in pairs]


@pytest.mark.parametrize("size", [1, 7, 100])
def test_chunks_do_not_matter(size: int) -> None:
    whole, hasher = HashedNgrams().features(PACKAGE["raw"]), HashedNgrams()
    parts = [hasher.features(PACKAGE["raw"][at : at + size]) for at in range(0, len(PACKAGE["raw"]), size)]
    assert np.array_equal(np.concatenate([part.buckets for part in parts]), whole.buckets)


def test_a_small_cache_that_forgets_gives_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = HashedNgrams().features(PACKAGE["raw"])
    monkeypatch.setattr(hashed_ngrams, "_SLOT_BITS", 3)
    monkeypatch.setattr(hashed_ngrams, "_VOCABULARY", 10)
    hasher = HashedNgrams()
    parts = [hasher.features([text]).buckets for text in PACKAGE["raw"]]
    assert np.array_equal(np.concatenate(parts), whole.buckets)


def test_words_and_pairs_apart() -> None:
    features = HashedNgrams().features(["a b c", "", "d"])
    assert features.of_length(1).offsets.tolist() == [0, 3, 3, 4]
    assert features.of_length(2).offsets.tolist() == [0, 2, 2, 2]
    alone = HashedNgrams(longest=1).features(["a b c", "", "d"])
    assert np.array_equal(features.of_length(1).buckets, alone.buckets)


def test_nothing_in_nothing_out() -> None:
    for texts in ([], ["", " "]):
        features = HashedNgrams().features(texts)
        assert len(features) == len(texts)
        assert features.buckets.size == 0


def test_more_buckets_than_16_bits() -> None:
    assert HashedNgrams(buckets=2**31).features(["the end"]).buckets.max() > 2**16
