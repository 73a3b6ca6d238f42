"""Closed forms of models on their own samples, against draws and printed formulas."""

import numpy as np
import pytest

from uncollapse.theory.own_samples import Estimator, accumulation_floor, expected, simulate

GAUSSIAN, UNBIASED, KERNEL = Estimator(), Estimator(correction=1), Estimator(bandwidth=0.4)


@pytest.mark.parametrize("estimator", [GAUSSIAN, UNBIASED, KERNEL], ids=["gaussian", "unbiased", "kde"])
@pytest.mark.parametrize("policy", ["replace", "accumulate", "accumulate-subsample", "replace-multiple"])
def test_expectations_are_those_of_draws(policy, estimator) -> None:
    trials = 20_000
    found = simulate(policy, estimator, n_points=6, generations=4, trials=trials, rng=np.random.default_rng(0))
    error = found.std(0) / np.sqrt(trials)
    law = expected(policy, estimator, n_points=6, generations=4)
    assert (np.abs(found.mean(0) - law) < 4.5 * error).all()


def test_replacing_shrinks_the_variance_by_the_same_share_each_time() -> None:
    law = expected("replace", GAUSSIAN, n_points=10, generations=50)
    np.testing.assert_allclose(law[:, 0], 0.9 ** np.arange(1, 52))
    unbiased = expected("replace", UNBIASED, n_points=10, generations=50)
    np.testing.assert_allclose(unbiased[:, 0], 1)  # a martingale: it shrinks in almost every draw all the same
    np.testing.assert_allclose(unbiased[:, 1], np.arange(1, 52) / 10)


def test_accumulated_rows_keep_a_variance_for_ever() -> None:
    n = 10
    law = expected("accumulate", GAUSSIAN, n_points=n, generations=3000)[:, 0]
    i = np.arange(1, 3002)
    np.testing.assert_allclose(law, np.cumprod(1 - 1 / (n * i**2)))
    assert law[-1] == pytest.approx(accumulation_floor(n), rel=1e-4)
    assert accumulation_floor(n) == pytest.approx(np.sin(np.pi / np.sqrt(n)) / (np.pi / np.sqrt(n)))


def test_as_many_rows_as_accumulate_do_not_save_replacing() -> None:
    several = [
        expected(policy, GAUSSIAN, n_points=10, generations=1000)[-1, 0]
        for policy in ("replace", "accumulate-subsample", "replace-multiple", "accumulate")
    ]
    assert several[0] < 1e-40
    assert several[2] < 0.6 < several[3]
    assert several[0] < several[1] < several[3]


def test_kernels_widen_what_is_replaced_by_their_own_variance() -> None:
    law = expected("replace", KERNEL, n_points=1_000_000, generations=10)[:, 0]
    np.testing.assert_allclose(law, 1 + 0.16 * np.arange(1, 12), rtol=1e-4)
