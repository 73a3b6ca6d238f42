"""Copies within a corpus are no evidence: intervals come from distinct documents, and those without copies stay."""

from functools import partial

import numpy as np
import pytest

from uncollapse.corpora.stored_texts import StoredTexts
from uncollapse.diagnostics import bigrams, copies, density_responses, neighbourhoods, ngrams, perplexity
from uncollapse.diagnostics import token_probabilities as tokens
from uncollapse.diagnostics.measurement import Measurement
from uncollapse.diagnostics.word_pairs import WordPairs
from uncollapse.errors import DataError
from uncollapse.passage_selection.hashed_ngrams import HashedNgrams
from uncollapse.statistics.bootstrap import resamples

TIMES = 10  # copies of each document


def texts(rng: np.random.Generator, documents: int, words: int = 60) -> list[str]:
    return [" ".join(f"w{int(200 * each**2)}" for each in rng.random(words)) for _ in range(documents)]


def copied(some: list[str], rng: np.random.Generator) -> list[str]:
    many = some * TIMES
    return [many[place] for place in rng.permutation(len(many))]


def differences(rows: list[Measurement], measure: str) -> list[Measurement]:
    return [row for row in rows if row.subject == "b - a" and row.measure == measure]


def excludes_zero(row: Measurement) -> bool:
    return row.low > 0 or row.high < 0


def bounds(row: Measurement) -> tuple[float, float]:
    return row.low, row.high


def width(row: Measurement) -> float:
    return row.high - row.low


def test_copies_make_no_difference_of_two_samples_of_one_source() -> None:
    """Twenty pairs of 25 documents, ten times each: a 95% interval misses zero in 4 of 20 at most (chance 0.3%)."""
    false = {"effective number of buckets": 0, "share of the top 40": 0}
    for seed in range(20):
        rng = np.random.default_rng(seed)
        corpora = {name: copied(texts(rng, 25), rng) for name in "ab"}
        found = {name: ngrams.histograms(each, hasher=HashedNgrams(buckets=512)) for name, each in corpora.items()}
        rows = [row for row in ngrams.measure(found, rng=rng) if row.diagnostic == "unigrams"]
        rows += bigrams.measure(corpora, rng=rng)[0]
        for measure in false:
            (row,) = differences(rows, measure)
            false[measure] += excludes_zero(row)
    assert max(false.values()) <= 4, false


def test_intervals_of_copies_are_as_wide_as_those_of_the_documents() -> None:
    rng = np.random.default_rng(1)
    corpora = {name: texts(rng, 60) for name in "ab"}
    many = {name: copied(each, rng) for name, each in corpora.items()}

    def of(some: dict[str, list[str]]) -> list[Measurement]:
        found = {name: ngrams.histograms(each, hasher=HashedNgrams(buckets=512)) for name, each in some.items()}
        return ngrams.measure(found, rng=np.random.default_rng(0))

    for one, other in zip(of(corpora), of(many), strict=True):
        if not one.measure.startswith("distance"):  # of halves, which are others
            assert one.value == pytest.approx(other.value, abs=1e-9)
            assert width(one) == pytest.approx(width(other), rel=0.3)


def model_rows(values: dict[str, np.ndarray], cluster: dict[str, np.ndarray] | None) -> dict[str, list[Measurement]]:
    log_probs = {name: [-one * np.ones(3) for one in np.log(each)] for name, each in values.items()}
    responses = {name: 1 / each for name, each in values.items()}
    measures = {
        "perplexity": (partial(perplexity.measure, values), "quantile 0.5"),
        "tokens": (partial(tokens.measure, log_probs), "below 0.6"),
        "density": (partial(density_responses.measure, responses), "mean response"),
    }
    return {
        name: [row for row in each(prior="", rng=np.random.default_rng(2), cluster=cluster) if row.measure == measure]
        for name, (each, measure) in measures.items()
    }


def test_what_models_say_of_copies_is_as_sure_as_of_the_documents() -> None:
    rng = np.random.default_rng(3)
    values = {name: np.exp(np.abs(rng.normal(0.6, 0.4, 80))) for name in "ab"}
    many = {name: np.repeat(each, TIMES) for name, each in values.items()}
    cluster = {name: np.repeat(np.arange(80), TIMES) for name in values}
    single, told, untold = model_rows(values, None), model_rows(many, cluster), model_rows(many, None)
    for name in single:
        for one, other, narrow in zip(single[name], told[name], untold[name], strict=True):
            # the same draws of the same documents
            assert (other.value, *bounds(other)) == pytest.approx((one.value, *bounds(one)), rel=1e-9)
            assert width(narrow) < 0.6 * width(one)


def test_no_copy_of_a_document_is_in_both_halves_of_a_cloud() -> None:
    rng = np.random.default_rng(4)
    points = {"a": np.repeat(rng.normal(size=(60, 6)), 4, axis=0), "b": rng.normal(size=(120, 6))}
    cluster = {"a": np.repeat(np.arange(60), 4), "b": np.arange(120)}

    def precision(of: dict[str, np.ndarray] | None) -> float:
        rows = neighbourhoods.measure(points, prior="", rng=np.random.default_rng(0), cluster=of)
        return next(row.value for row in rows if row.measure == "precision" and row.subject == "a")

    assert precision(None) > 80  # a point has its own copies in the other half
    assert precision(cluster) < 60
    few = {"a": np.repeat(np.arange(6), 40), "b": np.arange(120)}
    with pytest.raises(DataError, match=r"a: 120 points a cloud are 3 distinct documents; coverage takes 20 at least"):
        neighbourhoods.measure(points, prior="", rng=np.random.default_rng(0), cluster=few)


def test_without_copies_draws_are_those_of_documents() -> None:
    rng = np.random.default_rng(5)
    documents = texts(rng, 500)
    cluster = copies.clusters(documents)
    assert np.array_equal(cluster, np.arange(500))
    drawn = copies.weights(cluster, draws=9, rng=np.random.default_rng(0))
    assert np.array_equal(drawn, resamples(500, draws=9, rng=np.random.default_rng(0)))
    order = rng.permutation(500)
    assert np.array_equal(copies.together(order, cluster), order)
    hasher = HashedNgrams(buckets=64)
    found = ngrams.histograms(documents, hasher=hasher)["unigrams"].groups
    alone = [hasher.features([text]).of_length(1).counts(64) for text in documents]
    assert np.array_equal(found, [np.sum(alone[group::200], axis=0) for group in range(200)])
    pairs = WordPairs()
    assert np.array_equal(
        pairs.count(documents[1::2], [("w0", "w1")], groups=200, cluster=cluster[1::2] // 2)[1],
        pairs.count(documents[1::2], [("w0", "w1")], groups=200)[1],
    )


def test_stored_texts_are_told_apart_as_those_in_memory() -> None:
    given = ["to be", "or  not", "to\nbe", "or", "or not", ""]
    stored = StoredTexts()
    for text in given:
        stored.append(text)
    assert copies.clusters(given).tolist() == copies.clusters(stored).tolist() == [0, 1, 0, 2, 1, 3]
    assert copies.clusters(stored[::-1]).tolist() == [0, 1, 2, 3, 1, 3]
    cut = stored.take(np.array([0, 1, 2])).with_last("to")
    assert copies.clusters(cut).tolist() == [0, 1, 0]  # a part of a text is no other one
    assert copies.clusters([]).tolist() == copies.clusters(StoredTexts()).tolist() == []
