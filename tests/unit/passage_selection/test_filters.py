"""The perplexity filter, the educational classifier and density sampling."""

import numpy as np
import pytest

from uncollapse.errors import DataError
from uncollapse.passage_selection import density, educational
from uncollapse.passage_selection.selectors import perplexity as perplexity_filter


def test_each_region_of_the_ranking() -> None:
    perplexities = [5.0, 1.0, 4.0, 2.0, 3.0]
    assert perplexity_filter.keep(perplexities, size=2, region="lowest").tolist() == [1, 3]
    assert perplexity_filter.keep(perplexities, size=3, region="middle").tolist() == [2, 3, 4]
    assert perplexity_filter.keep(perplexities, size=2, region="highest").tolist() == [0, 2]


def test_documents_without_perplexity_are_not_kept() -> None:
    assert perplexity_filter.keep([np.nan, 2.0, np.nan, 1.0], size=2, region="highest").tolist() == [1, 3]
    with pytest.raises(DataError, match="3 documents asked for, 2 of 4 have a perplexity"):
        perplexity_filter.keep([np.nan, 2.0, np.nan, 1.0], size=3)


def documents(rng: np.random.Generator, words: str, count: int) -> list[str]:
    return [" ".join(rng.choice(words.split(), size=12)) for _ in range(count)]


def test_the_classifier_learns_the_corpora_and_says_how_well() -> None:
    rng = np.random.default_rng(0)
    teaching = documents(rng, "theorem proof energy cell river the of and is", 120)
    chat = documents(rng, "lol sure thanks movie you the of and is", 120)
    trained = educational.train(teaching, chat, seed=0, buckets=2**12)
    assert trained.held_out == 48
    assert trained.area.low > 0.9
    scores = trained.classifier.scores(["the proof of energy is", "sure thanks lol", ""])
    assert scores[0] > 0 > scores[1]
    assert scores[2] == trained.classifier.intercept
    again = educational.train(teaching, chat, seed=0, buckets=2**12)
    assert np.array_equal(again.classifier.weights, trained.classifier.weights)


def test_labels_that_mean_nothing_are_not_learned() -> None:
    rng = np.random.default_rng(1)
    same = documents(rng, "a b c d e f", 400)
    trained = educational.train(same[:200], same[200:], seed=0, buckets=2**10)
    assert trained.area.low < 0.5 < trained.area.high


def test_area_under_the_curve_is_scikit_learns() -> None:
    from sklearn.metrics import roc_auc_score

    rng = np.random.default_rng(2)
    high, low = rng.integers(2, 8, 50).astype(float), rng.integers(0, 6, 70).astype(float)
    expected = roc_auc_score(np.repeat([1, 0], [50, 70]), np.concatenate([high, low]))
    assert educational.area_under_curve(high, low).value == pytest.approx(expected)


def test_density_is_the_mean_kernel() -> None:
    rng = np.random.default_rng(3)
    points = rng.standard_normal((60, 5))
    sketch = density.DensitySketch(5, width=4.0, rng=rng, rows=1000, counters=20_000, concatenated=2)
    sketch.add(points[:25])
    sketch.add(points[25:])
    gaps = np.linalg.norm(points[:, None] - points[None], axis=2)
    kernel = density.collision_probability(gaps, width=4.0, concatenated=2)
    exact = (kernel.sum(axis=1) - 1) / 59
    assert np.abs(sketch.responses(points, counted=True) - exact).max() < 0.03
    new = rng.standard_normal((3, 5))
    kernel = density.collision_probability(
        np.linalg.norm(new[:, None] - points[None], axis=2), width=4.0, concatenated=2
    )
    assert np.abs(sketch.responses(new, counted=False) - kernel.mean(axis=1)).max() < 0.03


def test_lone_documents_are_drawn_more_often() -> None:
    responses = np.array([0.9] * 50 + [0.01] * 10)
    chosen = density.inverse_density_sample(responses, size=10, seed=0)
    assert (chosen >= 50).sum() >= 7
    assert density.inverse_density_sample(np.zeros(5), size=5, seed=0).tolist() == [0, 1, 2, 3, 4]


def test_a_density_takes_another_document() -> None:
    sketch = density.DensitySketch(2, width=1.0, rng=np.random.default_rng(0), rows=3, counters=8)
    sketch.add(np.zeros((1, 2)))
    with pytest.raises(DataError, match="at least one other"):
        sketch.responses(np.zeros((1, 2)), counted=True)
