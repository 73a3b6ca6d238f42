"""Concentration of n-grams, equal sizes, top bigrams, and intervals that hold what they should."""

import numpy as np
import pytest

from uncollapse.diagnostics import bigrams, concentration, ngrams
from uncollapse.diagnostics.measurement import as_frame, measured
from uncollapse.diagnostics.word_pairs import WordPairs
from uncollapse.errors import DataError
from uncollapse.passage_selection.hashed_ngrams import HashedNgrams
from uncollapse.statistics.bootstrap import around, resamples, weighted_quantiles
from uncollapse.statistics.normal import share_error


def corpus(rng: np.random.Generator, vocabulary: int, documents: int = 300, words: int = 60) -> list[str]:
    return [" ".join(f"w{word}" for word in rng.integers(vocabulary, size=words)) for _ in range(documents)]


def apart(texts: list[str]) -> list[str]:
    """The same words and word pairs as documents of which none is a copy."""
    return [f"{text} {'.' * place}" for place, text in enumerate(texts, start=1)]


def value(frame, diagnostic: str, measure: str, subject: str):
    rows = frame[(frame.diagnostic == diagnostic) & (frame.measure == measure) & (frame.subject == subject)]
    assert len(rows) == 1
    return rows.iloc[0]


def test_measures_of_known_histograms() -> None:
    even, one = np.ones(64), np.eye(64)[0]
    assert concentration.entropy([even, one]).tolist() == [6.0, 0.0]
    assert concentration.effective_number(even) == 64
    assert concentration.gini(even) == pytest.approx(0)
    assert concentration.gini(one) == pytest.approx(63 / 64)
    assert concentration.top_mass(even, top=16) == 0.25
    values = np.random.default_rng(0).integers(1, 50, 30).astype(float)
    brute = np.abs(values[:, None] - values).sum() / (2 * len(values) ** 2 * values.mean())
    assert concentration.gini(values) == pytest.approx(brute)


def test_a_smaller_vocabulary_is_narrower_and_the_same_one_is_not() -> None:
    rng = np.random.default_rng(0)
    texts = {"mine": corpus(rng, 500), "narrow": corpus(rng, 250), "alike": corpus(rng, 500)}
    found = {name: ngrams.histograms(each) for name, each in texts.items()}
    frame = as_frame(ngrams.measure(found, rng=rng))
    narrow = value(frame, "unigrams", "effective number of buckets", "narrow - mine")
    assert narrow.high < -200
    alike = value(frame, "unigrams", "effective number of buckets", "alike - mine")
    assert alike.low < 0 < alike.high
    own = value(frame, "unigrams", "effective number of buckets", "mine")
    assert own.low < own.value < own.high
    far, near = (
        value(frame, "unigrams", "distance from a half of mine", f"{name} - mine") for name in ("narrow", "alike")
    )
    assert far.low > 0.1
    assert near.low < 0.005


def test_intervals_of_equal_corpora_hold_zero_about_as_often_as_they_say() -> None:
    held = 0
    for seed in range(20):
        rng = np.random.default_rng(seed)
        found = {name: ngrams.histograms(corpus(rng, 80, 40, 30), hasher=HashedNgrams(buckets=512)) for name in "ab"}
        row = value(as_frame(ngrams.measure(found, rng=rng)), "unigrams", "entropy", "b - a")
        held += row.low <= 0 <= row.high
    assert held >= 16


def test_corpora_are_cut_to_equal_words() -> None:
    texts = {"long": ["a b c d"] * 100, "short": ["a b"] * 50}
    cut = ngrams.equal_words(texts, seed=0)
    assert cut["short"] == ["a b"] * 50
    assert cut["long"] == ["a b c d"] * 25
    assert ngrams.equal_words(texts, seed=0, most=20) == ngrams.equal_words(texts, seed=0, most=20)
    with pytest.raises(DataError, match="empty: no words"):
        ngrams.equal_words({"full": ["a"], "empty": [" "]}, seed=0)


def test_the_document_that_crosses_the_number_of_words_is_cut() -> None:
    texts = {"plain": ["one two three four five six seven"] * 30, "outlier": ["a  b\nc"] * 30 + ["x " * 50_000]}
    for seed in range(5):
        cut = ngrams.equal_words(texts, seed=seed)
        words = {name: sum(len(text.split()) for text in each) for name, each in cut.items()}
        assert words["plain"] == 210
        assert 210 - ngrams.FEW < words["outlier"] <= 210
        assert all(text == "a  b\nc" or set(text) == {"x", " "} for text in cut["outlier"])
    assert ngrams.equal_words({"a": ["b c d"] * 9, "e": ["f " * 99]}, seed=0, most=4)["e"] == ["f f f f"]


def test_what_has_no_word_pairs_is_left_out_or_said() -> None:
    clauses = [f"日本の首都は東京です{number}" for number in range(40)]
    found = {name: ngrams.histograms(clauses) for name in "ab"}
    with np.errstate(all="raise"):
        frame = as_frame(ngrams.measure(found, rng=np.random.default_rng(0)))
    assert set(frame.diagnostic) == {"unigrams"}
    with pytest.raises(DataError, match="b: too few documents hold two words side by side"):
        bigrams.measure({"a": apart(["two words"] * 40), "b": clauses}, rng=np.random.default_rng(0))


def test_histograms_do_not_depend_on_chunks() -> None:
    texts = corpus(np.random.default_rng(1), 50, 70)
    whole, parts = ngrams.histograms(texts), ngrams.histograms(texts, chunk=9)
    for kind in ngrams.KINDS:
        assert np.array_equal(whole[kind].groups, parts[kind].groups)
    assert whole["unigrams"].counts.sum() == whole["unigrams"].words
    assert whole["bigrams"].counts.sum() == whole["bigrams"].words - 70


def test_histograms_are_those_of_single_documents() -> None:
    texts = ["a b, c", "", "b", "c c c", "a", "c", "a b", "b b", "c b a", "a a a", "b c", "c c"]
    hasher = HashedNgrams(buckets=50)
    found = ngrams.histograms(texts, hasher=hasher, groups=5, chunk=5)
    for length, kind in enumerate(ngrams.KINDS, start=1):
        alone = np.array([hasher.features([text]).of_length(length).counts(50) for text in texts])
        groups = [alone[group::5].sum(axis=0) for group in range(5)]
        assert np.array_equal(found[kind].groups, groups)
    assert found["unigrams"].words == 24


def test_top_bigrams_are_counted_on_documents_they_were_not_chosen_on() -> None:
    chosen, other = "red house by the sea", "old man and the sea"
    texts = {"a": apart([chosen, other] * 20), "b": apart([other, other] * 20)}
    rows, listing = bigrams.measure(texts, rng=np.random.default_rng(0))
    assert WordPairs().top([chosen, other], 1) == [("the", "sea")]
    frequencies = listing.set_index(["top_of", "bigram", "corpus"])["value"]
    assert frequencies["a", "red house", "a"] == 0
    assert frequencies["a", "the sea", "b"] == 250
    assert {row.subject for row in rows} == {"a", "b", "b - a"}


def test_a_pair_that_does_not_occur_is_not_known_to_be_absent() -> None:
    """No draw has any, which is no proof: the interval is that of as many pairs that stand alone."""
    chosen, other = "red house by the sea", "old man and the sea"
    texts = {"a": apart([chosen, other] * 20), "b": apart([other, other] * 20)}
    rows, listing = bigrams.measure(texts, rng=np.random.default_rng(0))
    absent = listing[listing["value"] == 0]
    assert len(absent)
    assert (absent["low"] == 0).all()
    assert np.allclose(absent["high"], 1000 * (1 - 0.025 ** (1 / 80)))  # 20 documents of four pairs
    always = listing.set_index(["top_of", "bigram", "corpus"]).loc["a", "the sea", "b"]
    assert always["low"] < 250 < always["high"]
    assert all(row.low < row.high for row in rows)


def test_differences_add_up_their_errors() -> None:
    rng = np.random.default_rng(2)
    draws = {name: rng.normal(centre, 1, 2000) for name, centre in (("a", 5), ("b", 7))}
    rows = measured("d", "m", draws, {"a": 5.0, "b": 7.0}, unit="")
    assert [row.subject for row in rows] == ["a", "b", "b - a"]
    assert rows[0].high - rows[0].low == pytest.approx(2 * 1.96, rel=0.05)
    assert rows[2].high - rows[2].low == pytest.approx(2 * 1.96 * np.sqrt(2), rel=0.05)


def test_no_draws_that_differ_is_no_certainty() -> None:
    found = around(0.0, np.zeros(10), least_error=share_error(0, 60))
    assert found.high > 0.03
    with pytest.raises(DataError, match="takes at least two"):
        resamples(1, draws=3, rng=np.random.default_rng(0))


def test_weighted_quantiles_are_those_of_the_repeated_values() -> None:
    rng = np.random.default_rng(3)
    values, weights = rng.random(31), rng.integers(0, 4, (20, 31))
    levels = (0.05, 0.5, 0.95)
    expected = [np.quantile(np.repeat(values, row), levels, method="inverted_cdf") for row in weights]
    assert np.allclose(weighted_quantiles(values, weights, levels), expected)
