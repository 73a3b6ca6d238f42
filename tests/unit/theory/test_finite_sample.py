"""The finite-sample simulation: sufficient statistics against raw points, shared fits against one at a time."""

import numpy as np
import pytest
from scipy.stats import ks_2samp
from sklearn.linear_model import LogisticRegression

from uncollapse.theory.finite_sample import (
    SyntheticPool,
    bayes_accuracy,
    cosine_to_truth,
    draw_generator,
    student_path,
    verifier,
)
from uncollapse.theory.sweet_spot import find_sweet_spot

DIMENSION, TAU = 12, 0.4


def test_bayes_accuracy_needs_107_dimensions_for_94_percent():
    assert round(bayes_accuracy(dimension=107, tau=0.15), 2) == 0.94
    assert round(bayes_accuracy(dimension=100, tau=0.15), 2) == 0.93


def direct_generator(n_original, rng):
    """The slow reference: draw the examples, fit them."""
    labels = np.where(rng.random(n_original) < 0.5, 1.0, -1.0)
    features = rng.standard_normal((n_original, DIMENSION)) / np.sqrt(DIMENSION)
    features[:, 0] += TAU * labels
    return np.linalg.lstsq(features, labels, rcond=None)[0]


@pytest.mark.parametrize("n_original", [DIMENSION + 1, 30, 300])
def test_generator_drawn_by_sufficient_statistics_has_the_distribution_of_the_fit(n_original):
    rng = np.random.default_rng(n_original)
    direct = np.array([direct_generator(n_original, rng) for _ in range(2000)])
    short = np.array(
        [draw_generator(n_original=n_original, dimension=DIMENSION, tau=TAU, rng=rng) for _ in range(2000)]
    )
    for statistic in (
        lambda w: w[:, 0],
        lambda w: w[:, 1],
        lambda w: np.linalg.norm(w, axis=1),
        lambda w: cosine_to_truth(w.T),
    ):
        assert ks_2samp(statistic(direct), statistic(short)).pvalue > 1e-3


def test_generator_needs_more_examples_than_dimensions():
    with pytest.raises(ValueError, match="N_0 = 12"):
        draw_generator(n_original=12, dimension=12, tau=TAU, rng=np.random.default_rng(0))


def test_verifier_stands_at_its_angle():
    vector = verifier(0.5, 30, np.random.default_rng(1))
    assert np.linalg.norm(vector) == pytest.approx(1)
    assert vector[0] == pytest.approx(np.cos(0.5))


@pytest.fixture(scope="module")
def pool():
    return SyntheticPool(n_points=30_000, dimension=DIMENSION, tau=TAU, rng=np.random.default_rng(2))


def test_pool_has_the_stated_moments(pool):
    features = pool.features.astype(float)
    np.testing.assert_allclose(features.T @ features / len(features), pool.second_moment, atol=0.01)
    np.testing.assert_allclose((features * pool.labels[:, None]).mean(axis=0), TAU * np.eye(1, DIMENSION)[0], atol=0.01)


def test_labels_are_sampled_from_the_sigmoid_or_thresholded(pool):
    generator = np.full(DIMENSION, 2.0)
    margins = pool.margins([generator])[0]
    np.testing.assert_allclose(margins, pool.features.astype(float) @ generator, atol=1e-4)
    sampled = pool.generate(margins, np.random.default_rng(3).random(len(margins), dtype=np.float32))
    sure = pool.generate(margins, 0.5)
    assert np.array_equal(sure > 0, margins > 0)
    for low, high in ((-3, -1), (0, 0.5), (1, 2)):
        chosen = (margins > low) & (margins < high)
        assert np.mean(sampled[chosen] > 0) == pytest.approx(np.mean(1 / (1 + np.exp(-margins[chosen]))), abs=0.03)


def test_verifier_keeps_what_it_agrees_with_and_rates_are_counted(pool):
    vector = verifier(0.4, DIMENSION, np.random.default_rng(5))
    of_generator, of_verifier = pool.margins([np.full(DIMENSION, 1.0), vector])
    generated = pool.generate(of_generator, np.random.default_rng(4).random(len(of_generator), dtype=np.float32))
    kept = pool.agreeing(generated, of_verifier)
    rates = pool.rates(generated, kept, pool.labels)
    counts = {(good, stays): 0 for good in (True, False) for stays in (True, False)}
    for x, y, label, sign in zip(pool.features[:500], pool.labels[:500], generated[:500], kept[:500], strict=True):
        assert sign == (label if label * (x @ vector) > 0 else 0)
        counts[bool(label == y), bool(sign)] += 1
    assert rates["error_rate"] == pytest.approx(np.mean(generated != pool.labels))
    assert rates["phi"] == pytest.approx(counts[True, True] / (counts[True, True] + counts[True, False]), abs=0.1)
    assert rates["breakdown_point"] == pytest.approx(rates["phi"] / (rates["phi"] + rates["psi"]))


def test_student_path_agrees_with_scikit_learn_on_every_prefix(pool):
    vectors = [np.full(DIMENSION, 1.0), verifier(0.6, DIMENSION, np.random.default_rng(7))]
    of_generator, of_verifier = pool.margins(vectors)
    generated = pool.generate(of_generator, np.random.default_rng(6).random(len(of_generator), dtype=np.float32))
    signs = np.stack([pool.agreeing(generated, of_verifier), generated], axis=1)
    selected = [20, 200, 18_000, 10**6]
    cosines = student_path(pool, signs, selected=selected, penalty=2.0, tolerance=1e-7)
    assert np.isnan(cosines[3]).all()
    for column in range(2):
        rows = np.flatnonzero(signs[:, column])
        for place, n_selected in enumerate(selected[:3]):
            if n_selected > len(rows):
                assert np.isnan(cosines[place, column])
                continue
            prefix = rows[:n_selected]
            model = LogisticRegression(fit_intercept=False, C=0.5, tol=1e-10, max_iter=10_000)
            weights = model.fit(pool.features[prefix].astype(float), signs[prefix, column]).coef_[0]
            expected = cosine_to_truth(weights[:, None])[0]
            assert cosines[place, column] == pytest.approx(expected, abs=2e-5)


def test_curves_have_every_selection_and_repeat_with_the_seed(simulated):
    arguments = {
        "dimension": DIMENSION,
        "tau": TAU,
        "n_synthetic": 3000,
        "n_original": [20, 400],
        "verifier_angles": [0.0, 0.5],
        "labels": "sampled",
        "selected": [50, 500],
        "penalty": 1.0,
        "tolerance": 1e-4,
        "trials": 3,
    }
    table = simulated("finite_sample", np.random.default_rng(8), **arguments)
    assert len(table) == 3 * (1 + 2 * 4) * 2
    means = table[table["selected"] == 500].groupby("selection")["relative_error"].mean()
    assert means["oracle"] < means["random"]
    assert means["clean"] < means["random"]
    rates = table[table["selection"] != "clean"].groupby("selection")["breakdown_point"].mean()
    assert rates["random"] == 0.5
    assert rates["label oracle"] == 1.0
    assert 0.5 < rates["theta 28.6479 deg"] < rates["oracle"] < 1
    assert table.equals(simulated("finite_sample", np.random.default_rng(8), **arguments))


def test_sweet_spot_is_found_only_where_there_is_one():
    rng = np.random.default_rng(9)
    sizes = [10, 100, 1000, 10_000]
    valley = np.array([4.0, 1.0, 1.5, 2.0]) + 0.1 * rng.standard_normal((8, 4))
    falling = np.array([4.0, 2.0, 1.5, 1.0]) + 0.1 * rng.standard_normal((8, 4))
    flat = 1.0 + 0.1 * rng.standard_normal((8, 4))
    found = find_sweet_spot(sizes, valley, resamples=300, rng=rng)
    assert (found.size, found.interior) == (100, True)
    assert found.rise_low < 1.0 < found.rise_high
    assert not find_sweet_spot(sizes, falling, resamples=300, rng=rng).interior
    assert not find_sweet_spot(sizes, flat, resamples=300, rng=rng).interior


def test_rise_of_pure_noise_is_not_biased_by_choosing_the_minimum():
    rng = np.random.default_rng(10)
    rises = [find_sweet_spot(range(6), rng.standard_normal((5, 6)), resamples=10, rng=rng).rise for _ in range(400)]
    assert abs(np.mean(rises)) < 4 * np.std(rises) / 20


def test_sweet_spot_needs_three_trials():
    with pytest.raises(ValueError, match="at least 3 trials"):
        find_sweet_spot([1, 2], np.ones((2, 2)), resamples=10, rng=np.random.default_rng(0))
