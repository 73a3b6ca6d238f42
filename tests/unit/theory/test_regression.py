"""Regression on its own labels: closed forms and sufficient statistics against fits of drawn rows."""

import numpy as np
import pytest
from scipy.stats import ks_2samp

from uncollapse.theory.power_law import adaptive_penalty, clean_penalty, power_law_problem, predicted_rate
from uncollapse.theory.regression import excess_risk, generator_chain, least_squares_rounds, ridge_students
from uncollapse.theory.regression_closed_form import (
    effective_ridge,
    growing_data_error,
    least_squares_error,
    least_squares_error_proportional,
    one_fit_error,
    ridge_error,
)
from uncollapse.theory.wishart import wishart, wishart_factor


def within_errors(samples, expected, n_errors=4.5):
    """Whether a mean is within so many standard errors of its expectation."""
    samples = np.asarray(samples)
    return np.all(np.abs(samples.mean(axis=0) - expected) < n_errors * samples.std(axis=0) / np.sqrt(len(samples)))


def test_wishart_has_the_moments_of_a_sum_of_squares():
    rng = np.random.default_rng(0)
    drawn = np.array([wishart(9, 4, rng) for _ in range(20_000)])
    assert within_errors(drawn, 9 * np.eye(4))
    assert within_errors(np.linalg.inv(drawn), np.eye(4) / (9 - 4 - 1))
    assert np.linalg.matrix_rank(wishart(3, 5, rng)) == 3
    with pytest.raises(ValueError, match="at least as many rows"):
        wishart_factor(3, 5, rng)


def direct_rounds(dimension, sizes, noises, spectrum, rng):
    """The slow reference: draw rows with covariance S, label them by the last fit, fit."""
    scale = np.sqrt(spectrum)
    truth = rng.standard_normal(dimension)
    weights, errors = truth, []
    for size, noise in zip(sizes, noises, strict=True):
        rows = rng.standard_normal((size, dimension)) * scale
        weights = np.linalg.lstsq(rows, rows @ weights + noise * rng.standard_normal(size), rcond=None)[0]
        errors.append(np.sum(spectrum * (weights - truth) ** 2))
    return errors


def test_least_squares_rounds_have_the_distribution_of_direct_fits():
    rng = np.random.default_rng(1)
    spectrum = np.array([3.0, 1.0, 0.2, 0.05])
    sizes, noises = [8, 15, 12], [1.0, 0.5, 2.0]
    direct = np.array([direct_rounds(4, sizes, noises, spectrum, rng) for _ in range(3000)])
    short = least_squares_rounds(dimension=4, n_points=sizes, noise=noises, trials=3000, rng=rng)
    for n in range(3):
        assert ks_2samp(direct[:, n], short[:, n]).pvalue > 1e-3
    expected = np.cumsum([noise**2 * 4 / (size - 5) for size, noise in zip(sizes, noises, strict=True)])
    assert within_errors(short, expected)


def test_closed_forms_of_least_squares_agree_with_simulation_and_with_each_other():
    rng = np.random.default_rng(2)
    law = {"dimension": 6, "n_points": 20, "noise": 1.5, "n_generated": 14, "generated_noise": 0.7}
    rounds = np.arange(5)
    noise = [1.5] + [0.7] * 4
    fixed = least_squares_rounds(dimension=6, n_points=[20, 14, 14, 14, 14], noise=noise, trials=20_000, rng=rng)
    growing = least_squares_rounds(dimension=6, n_points=[20, 14, 28, 42, 56], noise=noise, trials=20_000, rng=rng)
    assert within_errors(fixed, least_squares_error(rounds=rounds, **law))
    assert within_errors(growing, growing_data_error(rounds=rounds, **law))
    large = {"dimension": 6000, "n_points": 20_000, "noise": 1.5, "n_generated": 14_000, "generated_noise": 0.7}
    np.testing.assert_allclose(
        least_squares_error(rounds=rounds, **large), least_squares_error_proportional(rounds=rounds, **large), rtol=1e-3
    )


def test_growing_data_slows_collapse_to_a_logarithm():
    law = {"dimension": 5, "n_points": 10**6, "noise": 0.0, "n_generated": 10**6, "generated_noise": 1.0}
    harmonic = np.sum(1 / np.arange(1, 101))
    assert growing_data_error(rounds=100, **law) == pytest.approx(harmonic * 5 / (10**6 - 6), rel=1e-4)


def test_one_fit_error_knows_where_it_does_not_exist():
    found = one_fit_error(noise_variance=1.0, dimension=4, n_points=[3, 4, 5, 6])
    assert np.isnan(found[0])
    assert np.isinf(found[1:3]).all()
    assert found[3] == 4.0
    with pytest.raises(ValueError, match="d \\+ 2"):
        least_squares_rounds(dimension=4, n_points=[5], noise=[1.0], trials=1, rng=np.random.default_rng(0))


SPECTRUM = np.arange(1, 31) ** -1.0
TRUTH = 1 / np.sqrt(SPECTRUM * 30)


def test_effective_ridge_solves_its_equation():
    kappa = effective_ridge(SPECTRUM, penalty=0.03, n_points=50)
    assert kappa == pytest.approx(0.03 + kappa * np.sum(SPECTRUM / (SPECTRUM + kappa)) / 50)
    with pytest.raises(ValueError, match="positive"):
        effective_ridge(SPECTRUM, penalty=0.0, n_points=50)


def direct_ridge(n_points, n_generated, rounds, penalty, noise, generated_noise, same_design, rng):
    """The slow reference: rows for everything, pseudo-inverses for the generators, a solve for the student."""
    scale = np.sqrt(SPECTRUM)
    weights, rows = TRUTH, None
    for _ in range(rounds):
        if rows is None or not same_design:
            rows = rng.standard_normal((n_generated, 30)) * scale
        weights = np.linalg.pinv(rows) @ (rows @ weights + generated_noise * rng.standard_normal(n_generated))
    rows = rng.standard_normal((n_points, 30)) * scale
    labels = rows @ weights + noise * rng.standard_normal(n_points)
    student = np.linalg.solve(rows.T @ rows / n_points + penalty * np.eye(30), rows.T @ labels / n_points)
    return np.sum(SPECTRUM * (student - TRUTH) ** 2)


@pytest.mark.parametrize("n_points", [25, 90])
@pytest.mark.parametrize("n_generated", [15, 60])
@pytest.mark.parametrize("same_design", [False, True])
def test_ridge_students_agree_with_direct_fits(n_points, n_generated, same_design):
    rng = np.random.default_rng(3)
    direct = [direct_ridge(n_points, n_generated, 2, 0.05, 0.6, 0.4, same_design, rng) for _ in range(500)]
    short = []
    for _ in range(500):
        chain, noiseless = generator_chain(
            spectrum=SPECTRUM,
            coefficients=TRUTH,
            n_generated=n_generated,
            generated_noise=0.4,
            rounds=2,
            same_design=same_design,
            rng=rng,
        )
        student = ridge_students(chain[2:], spectrum=SPECTRUM, penalties=[0.05], n_points=n_points, noise=0.6, rng=rng)
        short.append(float(excess_risk(student[0, 0], spectrum=SPECTRUM, coefficients=TRUTH)))
        assert np.allclose(noiseless, TRUTH) == (n_generated >= 30)
    assert ks_2samp(direct, short).pvalue > 1e-3


def test_ridge_students_of_few_rows_have_the_distribution_of_direct_fits():
    rng = np.random.default_rng(9)
    spectrum, labeller = np.array([2.0, 0.5]), np.array([1.0, -1.0])
    for n_points in (1, 3):
        direct, short = [], []
        for _ in range(3000):
            rows = rng.standard_normal((n_points, 2)) * np.sqrt(spectrum)
            labels = rows @ labeller + 0.3 * rng.standard_normal(n_points)
            direct.append(np.linalg.solve(rows.T @ rows / n_points + 0.2 * np.eye(2), rows.T @ labels / n_points))
            found = ridge_students(
                labeller[None], spectrum=spectrum, penalties=[0.2], n_points=n_points, noise=0.3, rng=rng
            )
            short.append(found[0, 0])
        for axis in (0, 1):
            assert ks_2samp(np.array(direct)[:, axis], np.array(short)[:, axis]).pvalue > 1e-3


@pytest.mark.parametrize(("penalty", "n_points"), [(1e-3, 150), (0.05, 150), (0.5, 40)])
def test_ridge_closed_form_agrees_with_simulation(simulated, penalty, n_points):
    spectrum = np.arange(1, 61) ** -1.0
    truth = 1 / np.sqrt(60 * spectrum)
    law = {"penalty": penalty, "n_points": n_points, "noise": 0.5, "n_generated": 130, "generated_noise": 0.5}
    table = simulated(
        "ridge",
        np.random.default_rng(4),
        dimension=60,
        beta=1.0,
        rounds=8,
        n_points=n_points,
        noise=0.5,
        n_generated=[130],
        generated_noise=0.5,
        penalties=[penalty],
        trials=200,
    )
    error = ridge_error(spectrum=spectrum, coefficients=truth, **law)
    means = table.groupby("round")["excess_risk"].mean()
    assert table.loc[table["round"] == 0, "bias"].mean() == pytest.approx(error.bias, rel=0.05, abs=1e-4)
    assert means[0] == pytest.approx(error.bias + error.variance, rel=0.08)
    # Both kinds of rows, fresh and the same, add as much.
    assert (means[8] - means[0]) / 8 == pytest.approx(error.added_per_round, rel=0.1)
    np.testing.assert_allclose(table.groupby("round")["predicted"].mean(), error.after(means.index), rtol=1e-12)


def test_ridge_closed_form_reduces_to_least_squares_and_refuses_small_generators():
    arguments = {
        "spectrum": np.ones(40),
        "coefficients": np.ones(40),
        "n_points": 400,
        "noise": 1.0,
        "generated_noise": 2.0,
    }
    error = ridge_error(penalty=1e-12, n_generated=100, **arguments)
    assert error.bias < 1e-12
    assert error.variance == pytest.approx(40 / 360)
    assert error.added_per_round == pytest.approx(4 * 40 / (100 - 41))
    with pytest.raises(ValueError, match="simulate this case"):
        ridge_error(penalty=0.1, n_generated=41, **arguments)


def test_small_generators_forget_what_lies_outside_their_rows():
    arguments = {
        "spectrum": np.ones(20),
        "coefficients": np.ones(20),
        "n_generated": 10,
        "generated_noise": 0.0,
        "rounds": 12,
    }
    rng = np.random.default_rng(5)
    fresh, _ = generator_chain(same_design=False, rng=rng, **arguments)
    same, _ = generator_chain(same_design=True, rng=rng, **arguments)
    norms = np.linalg.norm(fresh, axis=1)
    assert np.all(np.diff(norms) < 0)
    assert norms[-1] < 0.1 * norms[0]
    np.testing.assert_allclose(same[1:], np.broadcast_to(same[1], (12, 20)), atol=1e-9)


def test_power_law_sits_on_the_source_condition():
    spectrum, truth = power_law_problem(dimension=500, beta=1.5, source=0.8)
    source_norm = np.sum(spectrum ** (1 - 2 * 0.8) * truth**2)
    assert source_norm == pytest.approx(np.sum(1 / np.arange(1, 501)))


@pytest.mark.parametrize(
    ("beta", "source", "noise_growth", "size_growth"),
    [(2.0, 0.5, 0.0, 0.75), (1.5, 0.8, 0.2, 1.0), (2.0, 1.6, 0.1, 0.9)],
)
def test_best_penalty_exponent_maximises_the_predicted_rate(beta, source, noise_growth, size_growth):
    growth = {"beta": beta, "source": source, "noise_growth": noise_growth, "size_growth": size_growth}
    best = adaptive_penalty(**growth)
    grid = np.linspace(0, beta, 4001)
    rates = predicted_rate(grid, **growth)
    assert grid[np.argmax(rates)] == pytest.approx(best.exponent, abs=1e-3)
    assert rates.max() == pytest.approx(best.rate, abs=1e-3)
    assert best.exponent < clean_penalty(beta=beta, source=source).exponent
    with pytest.raises(ValueError, match="a <= b <= 1"):
        adaptive_penalty(beta=beta, source=source, noise_growth=0.9, size_growth=0.5)


def test_closed_form_error_falls_at_the_predicted_rates(simulated):
    table = simulated(
        "adaptive_limit",
        np.random.default_rng(0),
        beta=2.0,
        source=0.5,
        noise_growth=0.0,
        size_growth=0.75,
        dimension_share=0.5,
        noise=1.0,
        n_points=[2**20, 2**24],
        exponents=[0.0, 0.25, 0.5, 0.75],
    )
    ends = table.pivot(index="exponent", columns="n_points", values="predicted")
    slopes = -np.log(ends[2**24] / ends[2**20]) / np.log(16)
    law = table.groupby("exponent")["predicted_rate"].first()
    np.testing.assert_allclose(slopes, law, atol=0.02)


def test_adaptive_simulation_agrees_with_its_closed_form(simulated):
    table = simulated(
        "adaptive_ridge",
        np.random.default_rng(7),
        beta=2.0,
        source=0.5,
        noise_growth=0.0,
        size_growth=0.75,
        dimension_share=0.5,
        noise=1.0,
        n_points=[1024],
        exponents=[0.25, 0.5],
        trials=200,
    )
    means = table.groupby("exponent")[["excess_risk", "predicted"]].mean()
    np.testing.assert_allclose(means["excess_risk"], means["predicted"], rtol=0.1)


def test_least_squares_sweep_is_tidy(simulated):
    table = simulated(
        "least_squares",
        np.random.default_rng(8),
        dimension=5,
        rounds=3,
        first_fits=[(20, 1.0), (30, 2.0)],
        n_generated=20,
        generated_noise=1.0,
        truth_norm=2.0,
        trials=4,
    )
    assert len(table) == 2 * 2 * 4 * 4
    np.testing.assert_allclose(table["null_ratio"], table["excess_risk"] / 4)
    assert not table.duplicated(["growing", "n_points", "noise", "trial", "round"]).any()
