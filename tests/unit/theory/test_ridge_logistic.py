"""The batched ridge-logistic fits against scikit-learn and against their own optimality condition."""

import numpy as np
import pytest
from scipy.special import expit
from sklearn.linear_model import LogisticRegression

from uncollapse.theory.lbfgs import NotConverged, minimise_batch
from uncollapse.theory.ridge_logistic import fit_ridge_logistic, loss_gradient


@pytest.fixture(scope="module")
def problem():
    """Features with one strong direction, and labels with masks that keep from a third to all of the examples."""
    rng = np.random.default_rng(0)
    features = rng.standard_normal((600, 12)) / np.sqrt(12)
    features[:, 0] *= 4
    labels = np.where(features[:, [0]] + 0.3 * rng.standard_normal((600, 7)) > 0, 1.0, -1.0)
    return features, labels * (rng.random((600, 7)) < np.linspace(0.35, 1, 7))


def scikit_learn_fit(features, signs, penalty, total):
    """The slow reference: one fit at a time, on the kept rows alone."""
    kept = signs != 0
    model = LogisticRegression(fit_intercept=False, C=1 / (penalty * total), tol=1e-10, max_iter=10_000)
    return model.fit(features[kept], signs[kept]).coef_[0]


@pytest.mark.parametrize("penalty", [1.0, 1e-2, 1e-4])
def test_fits_agree_with_scikit_learn(problem, penalty):
    features, signs = problem
    weights = fit_ridge_logistic(features, signs, penalty=penalty, tolerance=1e-8)
    for column in range(signs.shape[1]):
        expected = scikit_learn_fit(features, signs[:, column], penalty, len(features))
        np.testing.assert_allclose(weights[:, column], expected, rtol=1e-4, atol=1e-5)


def test_single_precision_features_change_the_fit_by_no_more_than_the_tolerance(problem):
    features, signs = problem
    exact = fit_ridge_logistic(features, signs, penalty=1e-2, tolerance=1e-9)
    single = fit_ridge_logistic(features.astype(np.float32), signs.astype(np.float32), penalty=1e-2, tolerance=1e-5)
    assert np.max(np.linalg.norm(single - exact, axis=0) / np.linalg.norm(exact, axis=0)) < 1e-3


def test_own_penalties_totals_starts_and_curvatures_do_not_mix_problems(problem):
    features, signs = problem
    penalty, total = np.geomspace(1e-3, 1, 7), np.linspace(300, 900, 7)
    start = np.random.default_rng(1).standard_normal((12, 7))
    together = fit_ridge_logistic(
        features, signs, penalty=penalty, total=total, start=start, curvature_rows=200, tolerance=1e-8
    )
    for column in range(7):
        expected = scikit_learn_fit(features, signs[:, column], penalty[column], total[column])
        np.testing.assert_allclose(together[:, column], expected, rtol=1e-4, atol=1e-5)


def test_gradient_is_that_of_the_cross_entropy(problem):
    features, signs = problem
    weights = np.random.default_rng(2).standard_normal((12, 7))
    margins = features @ weights
    residual = np.abs(signs) * (expit(margins) - (signs > 0))
    np.testing.assert_allclose(
        loss_gradient(features, signs, weights, total=50.0), features.T @ residual / 50, atol=1e-12
    )


def test_nothing_kept_means_nothing_learned(problem):
    features, signs = problem
    assert np.all(fit_ridge_logistic(features, np.zeros_like(signs), penalty=0.1) == 0)


def test_unusable_arguments_are_refused(problem):
    features, signs = problem
    with pytest.raises(ValueError, match="penalty must be positive"):
        fit_ridge_logistic(features, signs, penalty=0.0)
    with pytest.raises(ValueError, match="expected features"):
        fit_ridge_logistic(features[:10], signs, penalty=1.0)


def test_batch_of_very_different_parabolas_is_minimised():
    rng = np.random.default_rng(3)
    factors = rng.standard_normal((5, 4, 4))
    hessians = factors @ np.swapaxes(factors, 1, 2) + np.geomspace(1e-2, 1e2, 5)[:, None, None] * np.eye(4)
    target = rng.standard_normal((4, 5))

    def gradient(weights, columns):
        return np.stack([hessians[c] @ (weights[:, i] - target[:, c]) for i, c in enumerate(columns)], axis=1)

    found = minimise_batch(gradient, np.zeros((4, 5)), inverse_hessian=lambda v, c: v, goal=np.full(5, 1e-9))
    np.testing.assert_allclose(found, target, atol=1e-6)
    assert np.all(np.linalg.norm(gradient(found, np.arange(5)), axis=0) <= 1e-9)


def test_giving_up_is_an_error_and_says_what_to_change():
    with pytest.raises(NotConverged, match="Raise the penalty"):
        minimise_batch(
            lambda w, c: np.tanh(w - 1e3) + 1e-6 * w,
            np.zeros((1, 1)),
            inverse_hessian=lambda v, c: v,
            goal=np.full(1, 1e-12),
            max_evaluations=3,
        )
