"""Prediction-powered intervals: they cover, they are narrower with a judge that knows something, and never far off."""

import numpy as np
import pytest

from uncollapse.proxy.prediction_powered import prediction_powered
from uncollapse.proxy.tally import Candidates

TRUTH = {"kept_precision": 2 / 3, "dropped_precision": 0.2 / 0.55, "pool_precision": 0.5, "lift": 1 / 6}


def audits(runs, *, knows, prompts=300, width=4, shares=0.15, guess=None):
    rng = np.random.default_rng(0)
    for _ in range(runs):
        right = rng.random((prompts, width)) < rng.beta(0.5, 0.5, (prompts, 1))
        kept = rng.random(right.shape) < np.where(right, 0.6, 0.3)
        score = knows * right + rng.standard_normal(right.shape)
        labelled = rng.random(right.shape) < shares
        given = Candidates(kept.ravel(), right.ravel(), labelled.ravel(), np.arange(prompts * width) // width)
        judged = 1 / (1 + np.exp(-abs(knows) * score.ravel()))
        yield prediction_powered(given, judged if guess is None else np.full(right.size, guess))


def test_they_cover_and_are_narrower():
    covered, narrower = [], []
    for found in audits(250, knows=2.0):
        covered.append([found[name].powered.low <= value <= found[name].powered.high for name, value in TRUTH.items()])
        narrower.append([found[name].worth for name in TRUTH])
    # of 250 cases 95% are 237, with a standard deviation of 3.4
    assert np.all(np.mean(covered, 0) > 0.905)
    assert np.all(np.mean(narrower, 0) > 1.3)


@pytest.mark.parametrize("guess", [0.5, 0.1, 1e6 + 1 / 3])
def test_a_judge_that_says_the_same_of_all_is_not_gone_by(guess):
    """Of 0.1 the mean is not 0.1 to the last digit: what rounding leaves is no prediction."""
    for one in audits(40, knows=0.0, guess=guess):
        assert one["kept_precision"].power == 0
        assert one["kept_precision"].powered == one["kept_precision"].labels


def test_a_judge_that_is_wrong_most_of_the_time_does_no_harm():
    covered = [
        [found[name].powered.low <= value <= found[name].powered.high for name, value in TRUTH.items()]
        for found in audits(250, knows=-1.0)
    ]
    assert np.all(np.mean(covered, 0) > 0.905)


def test_independent_labels_give_the_formula_of_ppi_plus_plus():
    rng = np.random.default_rng(1)
    right, labelled = rng.random(4000) < 0.6, np.arange(4000) < 500
    guess = right + rng.standard_normal(4000)
    found = prediction_powered(Candidates(np.ones(4000, bool), right, labelled), guess)["kept_precision"]
    truth, seen, rest = right[labelled], guess[labelled], guess[~labelled]
    power = np.cov(truth, seen, bias=True)[0, 1] / (seen.var() + rest.var() * 500 / 3500)
    assert found.power == pytest.approx(power)
    assert found.powered.value == pytest.approx(truth.mean() + power * (rest.mean() - seen.mean()))
    variance = (truth - power * seen).var() / 500 + power**2 * rest.var() / 3500
    assert found.powered.high - found.powered.low == pytest.approx(2 * 1.965 * np.sqrt(variance), rel=0.01)


def test_few_labels_give_no_approximate_interval():
    kept = np.arange(100) < 50
    labelled = np.arange(100) % 50 < np.where(kept, 40, 10)
    found = prediction_powered(Candidates(kept, np.arange(100) % 2 == 0, labelled), np.arange(100.0) % 7)
    assert list(found) == ["kept_precision"]
