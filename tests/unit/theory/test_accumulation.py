"""Replace and accumulate: sufficient statistics and exact laws against least-squares fits of the rows."""

import numpy as np
import pytest
from scipy.stats import ks_2samp

from uncollapse.theory.accumulation import (
    accumulate_bound,
    accumulate_error,
    replace_error,
    simulate_statistics,
)
from uncollapse.theory.accumulation_rows import minimum_norm, simulate_rows

CELL = {"dimension": 4, "n_points": 12}
ROUNDS = np.arange(1, 6)


def laws(policy, same_design, variance):
    if policy == "replace":
        return replace_error(rounds=ROUNDS, noise_variance=variance, **CELL)
    return accumulate_error(rounds=ROUNDS, noise_variance=variance, same_design=same_design, **CELL)


@pytest.mark.parametrize("policy", ["replace", "accumulate"])
@pytest.mark.parametrize("same_design", [False, True])
def test_exact_laws_and_sufficient_statistics_agree_with_fits_of_rows(policy, same_design):
    arguments = CELL | {"noise_variances": [1.0, 4.0], "rounds": 5, "same_design": same_design, "trials": 3000}
    short = simulate_statistics(policy, **arguments, rng=np.random.default_rng(0))
    rows = simulate_rows(policy, **arguments, rng=np.random.default_rng(1))
    for place, variance in enumerate((1.0, 4.0)):
        errors = short[:, place].std(axis=0) / np.sqrt(3000)
        assert np.all(np.abs(short[:, place].mean(axis=0) - laws(policy, same_design, variance)) < 4.5 * errors)
        for n in (0, 4):
            assert ks_2samp(short[:, place, n], rows[:, place, n]).pvalue > 1e-3


def slow_accumulation(policy, dimension, n_points, rounds, rng):
    """The slow reference of `simulate_rows`: lists of rows and numpy's least squares."""
    truth = np.eye(1, dimension)[0]
    weights, xs, ys, errors = truth, [], [], []
    for _ in range(rounds):
        x = rng.standard_normal((n_points, dimension))
        xs.append(x)
        ys.append(x @ weights + rng.standard_normal(n_points))
        x, y = np.concatenate(xs), np.concatenate(ys)
        if policy == "replace":
            x, y = xs[-1], ys[-1]
        elif policy == "accumulate-subsample":
            used = rng.permutation(len(y))[:n_points]
            x, y = x[used], y[used]
        weights = np.linalg.lstsq(x, y, rcond=None)[0]
        errors.append(np.sum((weights - truth) ** 2))
    return errors


@pytest.mark.parametrize("policy", ["replace", "accumulate", "accumulate-subsample"])
@pytest.mark.parametrize("n_points", [5, 14])
def test_fits_of_rows_agree_with_a_slow_loop(policy, n_points):
    rng = np.random.default_rng(2)
    slow = np.array([slow_accumulation(policy, 8, n_points, 3, rng) for _ in range(800)])
    fast = simulate_rows(
        policy, dimension=8, n_points=n_points, noise_variances=[1.0], rounds=3, same_design=False, trials=800, rng=rng
    )
    for n in range(3):
        assert ks_2samp(slow[:, n], fast[:, 0, n]).pvalue > 1e-3


def test_accumulation_is_bounded_and_replacement_is_not():
    bound = accumulate_bound(noise_variance=1.0, **CELL)
    for same_design in (False, True):
        law = accumulate_error(rounds=np.arange(1, 2001), noise_variance=1.0, same_design=same_design, **CELL)
        assert np.all(np.diff(law) > 0)
        assert law[-1] < bound
    assert law[-1] > 0.999 * bound
    assert replace_error(rounds=2000, noise_variance=1.0, **CELL) > 1000 * bound


def test_a_fixed_budget_lies_between_replacing_and_accumulating():
    arguments = CELL | {"noise_variances": [1.0], "rounds": 40, "same_design": False, "trials": 300}
    rng = np.random.default_rng(3)
    last = {
        p: simulate_rows(p, rng=rng, **arguments)[:, 0, -1].mean()
        for p in ("replace", "accumulate", "accumulate-subsample")
    }
    assert last["accumulate"] < last["accumulate-subsample"] < last["replace"]


def test_minimum_norm_is_that_of_the_pseudo_inverse():
    rng = np.random.default_rng(4)
    for rows in (3, 20):
        x, y = rng.standard_normal((rows, 6)), rng.standard_normal((rows, 2))
        np.testing.assert_allclose(minimum_norm(x.T @ x, x.T @ y, rows), np.linalg.pinv(x) @ y, atol=1e-8)


def test_sweep_has_every_cell_and_marks_those_without_a_law(simulated):
    table = simulated(
        "accumulation",
        np.random.default_rng(5),
        policies=("replace", "accumulate", "accumulate-subsample"),
        dimensions=(1, 6),
        n_points=(4, 30),
        noise_variances=(0.1, 1.0),
        rounds=(1, 2, 7),
        trials=6,
        row_trials=3,
    )
    keys = ["policy", "same_design", "dimension", "n_points", "noise_variance"]
    assert table.groupby(keys).ngroups == 3 * 2 * 2 * 2 * 2
    assert set(table["round"]) == {1, 2, 7}
    known = table["predicted"].notna()
    assert not known[(table["dimension"] == 6) & (table["n_points"] == 4)].any()
    assert not known[table["policy"] == "accumulate-subsample"].any()
    assert known[(table["policy"] == "replace") & (table["n_points"] == 30)].all()
