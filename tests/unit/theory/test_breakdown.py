"""p_*, phi, psi and exact accuracies against Monte Carlo and against scipy."""

import numpy as np
import pytest
from scipy.stats import multivariate_normal

from uncollapse.theory.bivariate_normal import bivariate_normal_cdf
from uncollapse.theory.breakdown import (
    breakdown_lower,
    breakdown_point,
    breakdown_upper,
    implied_slack,
    kept_precision,
)
from uncollapse.theory.linear_accuracy import agreement_with_bayes, bisector_cosine, cosine_to, label_accuracy
from uncollapse.theory.pruning_rates import isotropic_rates, mixture_rates, mixture_separation, verifier_angle

N_POINTS = 400_000
#: Five standard errors of a proportion estimated from a quarter of the points.
PRECISION = 5 * 0.5 / np.sqrt(N_POINTS / 4)


@pytest.mark.parametrize("correlation", [-1.0, -0.7, 0.0, 0.3, 0.999, 1.0])
def test_bivariate_normal_cdf_agrees_with_scipy(correlation):
    covariance = [[1, correlation], [correlation, 1]]
    for h in (-1.5, 0.0, 0.4):
        for k in (-0.3, 0.0, 2.0):
            expected = multivariate_normal(cov=covariance, allow_singular=True).cdf([h, k])
            assert bivariate_normal_cdf(h, k, correlation) == pytest.approx(expected, abs=2e-5)


def test_bivariate_normal_cdf_rejects_impossible_correlation():
    with pytest.raises(ValueError, match="correlation"):
        bivariate_normal_cdf(0.0, 0.0, 1.1)


def test_breakdown_point_is_where_half_of_the_kept_labels_are_wrong():
    rng = np.random.default_rng(0)
    phi, psi = rng.uniform(0.05, 1, 200), rng.uniform(0.05, 1, 200)
    star = breakdown_point(phi, psi)
    np.testing.assert_allclose(kept_precision(star, phi, psi), 0.5)
    assert np.all(kept_precision(star - 0.01, phi, psi) > 0.5)
    assert np.all(kept_precision(star + 0.01, phi, psi) < 0.5)


def test_breakdown_point_at_the_ends():
    assert breakdown_point(1, 1) == 0.5
    assert breakdown_point(1, 0) == 1.0
    assert breakdown_point(0, 1) == 0.0
    assert np.isnan(breakdown_point(0, 0))
    with pytest.raises(ValueError, match="psi"):
        breakdown_point(0.5, 1.2)


def test_slack_widens_the_breakdown_point_and_can_be_recovered():
    phi, psi, slack = 0.8, np.array([0.1, 0.4, 0.8]), 0.1
    low, high = breakdown_lower(phi, psi, slack=slack), breakdown_upper(phi, psi, slack=slack)
    assert np.all(low < breakdown_point(phi, psi))
    assert np.all(breakdown_point(phi, psi) < high)
    np.testing.assert_allclose(breakdown_lower(phi, psi, slack=0), breakdown_point(phi, psi))
    np.testing.assert_allclose(implied_slack(low, phi, psi), slack)
    np.testing.assert_allclose(implied_slack(high, phi, psi), -slack)


@pytest.fixture(scope="module")
def three_vectors():
    """Truth, generator and verifier in five dimensions with given angles, and their angles."""
    theta_gen, theta_prune, dihedral = 0.9, 0.4, 2.0
    vectors = np.zeros((3, 5))
    vectors[0, 0] = 1
    vectors[1, :2] = np.cos(theta_gen), np.sin(theta_gen)
    vectors[2, :3] = (
        np.cos(theta_prune),
        np.sin(theta_prune) * np.cos(dihedral),
        np.sin(theta_prune) * np.sin(dihedral),
    )
    return vectors, (theta_gen, theta_prune, verifier_angle(theta_gen, theta_prune, dihedral))


def _measured(wrong, kept):
    return wrong.mean(), kept[~wrong].mean(), kept[wrong].mean()


def test_isotropic_rates_agree_with_monte_carlo(three_vectors):
    vectors, angles = three_vectors
    assert np.arccos(vectors[1] @ vectors[2]) == pytest.approx(angles[2])
    truth, generated, verified = (np.random.default_rng(1).standard_normal((N_POINTS, 5)) @ vectors.T > 0).T
    measured = _measured(generated != truth, generated == verified)
    np.testing.assert_allclose(np.array(isotropic_rates(*angles)), measured, atol=PRECISION)


def test_mixture_rates_agree_with_monte_carlo_and_stay_probabilities(three_vectors):
    vectors, angles = three_vectors
    mean_norm, dimension = 0.45, 5
    rng = np.random.default_rng(2)
    label = rng.random(N_POINTS) < 0.5
    noise = np.sqrt((1 - mean_norm**2) / dimension) * rng.standard_normal((N_POINTS, dimension))
    features = np.where(label[:, None], 1, -1) * mean_norm * vectors[0] + noise
    assert (features**2).sum(axis=1).mean() == pytest.approx(1, abs=0.01)
    _, generated, verified = (features @ vectors.T > 0).T
    measured = _measured(generated != label, generated == verified)
    rates = mixture_rates(*angles, mean_norm=mean_norm, dimension=dimension)
    np.testing.assert_allclose(np.array(rates), measured, atol=PRECISION)
    assert rates.psi < rates.phi <= 1


def test_mixture_rates_without_separation_are_half_random_labels():
    rates = mixture_rates(0.9, 0.4, 0.7, mean_norm=0.0, dimension=50)
    assert rates.error_rate == 0.5
    assert rates.phi == pytest.approx(1 - 0.7 / np.pi)
    assert rates.psi == pytest.approx(rates.phi)


def test_generator_and_verifier_angles_must_sum_below_pi():
    for theta_gen in np.linspace(0.1, np.pi - 0.1, 7):
        for theta_prune in np.linspace(0.05, np.pi - 0.2, 7):
            for dihedral in (0.0, 1.0, np.pi):
                rates = isotropic_rates(theta_gen, theta_prune, verifier_angle(theta_gen, theta_prune, dihedral))
                below = rates.error_rate < breakdown_point(rates.phi, rates.psi)
                assert below == (theta_gen + theta_prune < np.pi)


def test_impossible_angles_are_refused():
    with pytest.raises(ValueError, match="no three vectors"):
        isotropic_rates(0.2, 0.3, 1.0)
    with pytest.raises(ValueError, match="room for noise"):
        mixture_separation(1.0, 10)


@pytest.mark.parametrize("separation", [0.0, 0.5, 2.0])
@pytest.mark.parametrize("angle", [0.3, 1.7])
def test_exact_accuracies_agree_with_monte_carlo(separation, angle):
    rng = np.random.default_rng(3)
    label = np.where(rng.random(N_POINTS) < 0.5, 1, -1)
    plane = rng.standard_normal((N_POINTS, 2))
    plane[:, 0] += label * separation
    predicted = np.sign(plane @ [np.cos(angle), np.sin(angle)])
    agreement = (predicted == np.sign(plane[:, 0])).mean()
    assert agreement_with_bayes(np.cos(angle), separation=separation) == pytest.approx(agreement, abs=PRECISION)
    assert label_accuracy(np.cos(angle), separation=separation) == pytest.approx(
        (predicted == label).mean(), abs=PRECISION
    )


def test_bisector_cosine_is_that_of_the_summed_unit_vectors(three_vectors):
    vectors, angles = three_vectors
    expected = cosine_to((vectors[1] + vectors[2])[:, None], vectors[0])[0]
    assert bisector_cosine(*angles) == pytest.approx(expected)
