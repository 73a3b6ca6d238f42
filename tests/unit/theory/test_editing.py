"""The editing process and the formulas about it, against a literal transcription and Monte Carlo over the noise."""

import numpy as np
import pytest

from uncollapse.theory.decay_ratios import decay_ratios
from uncollapse.theory.editing import EditingRule, edit_process, editing_masks
from uncollapse.theory.editing_closed_form import (
    dropped_term,
    expected_error,
    fresh_growth_ratio,
    frozen_limit,
    frozen_limit_ratio,
    geometric_bound,
    theorem_error,
)


@pytest.fixture(scope="module")
def design():
    return np.random.default_rng(0).standard_normal((24, 3))


POLICIES = ["disjoint", "fresh", "frozen", "halving", "replace"]


def masks_of(policy, edits=4):
    return editing_masks(policy, n_points=24, share=0.25, eta=0.5**0.5, edits=edits, rng=np.random.default_rng(1))


def test_masks_follow_their_policies():
    assert masks_of("disjoint").sum(axis=0).max() == 1
    assert (masks_of("frozen") == masks_of("frozen")[0]).all()
    assert masks_of("halving").sum(axis=1).tolist() == [6, 3, 2, 1]
    assert masks_of("fresh").sum(axis=1).tolist() == [6] * 4
    assert not (masks_of("fresh") == masks_of("fresh")[0]).all()
    assert masks_of("replace").all()
    with pytest.raises(ValueError, match="there are 24"):
        masks_of("disjoint", edits=5)


@pytest.mark.parametrize("policy", POLICIES)
def test_process_is_the_one_of_section_3_2(design, policy):
    masks = masks_of(policy)
    process, theorem = edit_process(design, masks, noise=0.7, rng=np.random.default_rng(2))
    rng = np.random.default_rng(2)
    truth = np.array([1.0, -2.0, 0.5])
    first = 0.7 * rng.standard_normal(24)
    labels = design @ truth + first
    weights = [np.linalg.lstsq(design, labels, rcond=None)[0]]
    claimed = first.copy()
    for mask in masks:
        noise = 0.7 * rng.standard_normal(24)
        selector = np.diag(mask.astype(float))
        labels = selector @ (design @ weights[-1] + noise) + (np.eye(24) - selector) @ labels
        claimed = claimed + selector @ noise
        weights.append(np.linalg.lstsq(design, labels, rcond=None)[0])
    np.testing.assert_allclose(process, np.array(weights) - truth, atol=1e-10)
    np.testing.assert_allclose(theorem[-1], np.linalg.pinv(design) @ claimed, atol=1e-10)


@pytest.mark.parametrize("policy", POLICIES)
def test_expectations_agree_with_monte_carlo_over_the_noise(design, policy):
    masks, rng = masks_of(policy), np.random.default_rng(3)
    runs = [edit_process(design, masks, noise=0.7, rng=rng) for _ in range(6000)]
    for place, law in ((0, expected_error), (1, theorem_error)):
        errors = np.array([np.sum(run[place] ** 2, axis=1) for run in runs])
        deviation = np.abs(errors.mean(axis=0) - law(design, masks, noise_variance=0.49))
        assert np.all(deviation < 4.5 * errors.std(axis=0) / np.sqrt(6000))


@pytest.mark.parametrize("policy", ["disjoint", "fresh", "frozen", "halving"])
def test_theorem_one_is_short_by_the_dropped_term_after_one_edit_and_wrong_after_more(design, policy):
    masks = masks_of(policy)
    exact, stated = (law(design, masks, noise_variance=1.0) for law in (expected_error, theorem_error))
    missing = dropped_term(design, masks[0], noise_variance=1.0)
    assert missing > 0.01 * exact[0]
    np.testing.assert_allclose(exact[:2] - stated[:2], [0.0, missing], atol=1e-12)


def test_theorem_one_holds_under_full_replacement(design):
    masks = masks_of("replace")
    exact = expected_error(design, masks, noise_variance=1.0)
    np.testing.assert_allclose(exact, theorem_error(design, masks, noise_variance=1.0))
    np.testing.assert_allclose(exact, exact[0] * np.arange(1, 6))


def test_frozen_edits_settle_at_their_limit(design):
    masks = masks_of("frozen", edits=200)
    settled = expected_error(design, masks, noise_variance=2.0)[-1]
    assert frozen_limit(design, masks[0], noise_variance=2.0) == pytest.approx(settled, rel=1e-9)


def test_large_sample_ratios_of_frozen_and_fresh_sets():
    rng = np.random.default_rng(4)
    limits, growth = [], []
    for _ in range(3):
        design = rng.standard_normal((1200, 4))
        frozen = editing_masks("frozen", n_points=1200, share=0.3, eta=1.0, edits=1, rng=rng)
        first = np.sum(np.linalg.pinv(design) ** 2)
        limits.append(frozen_limit(design, frozen[0], noise_variance=1.0) / first)
        fresh = editing_masks("fresh", n_points=1200, share=0.3, eta=1.0, edits=2, rng=rng)
        errors = expected_error(design, fresh, noise_variance=1.0) / first
        growth.append((errors[-1] - errors[0]) / 2)
    assert np.mean(limits) == pytest.approx(frozen_limit_ratio(0.3), rel=0.05)
    assert np.mean(growth) == pytest.approx(fresh_growth_ratio(0.3), rel=0.05)


def test_geometric_bound_uses_the_exact_wishart_moment():
    rng = np.random.default_rng(5)
    second = np.mean(
        [np.trace(np.linalg.matrix_power(np.linalg.inv(x.T @ x), 2)) for x in rng.standard_normal((4000, 30, 4))]
    )
    bound = geometric_bound(dimension=4, n_points=30, noise_variance=2.0, first_edits=9, eta=0.4)
    assert bound == pytest.approx(2 * (4 / 25 + np.sqrt(second * 9) / 0.6), rel=0.02)
    with pytest.raises(ValueError, match="finite for T > d"):
        geometric_bound(dimension=4, n_points=7, noise_variance=1.0, first_edits=1, eta=0.5)


def test_sweep_is_tidy_and_shows_what_fails(simulated):
    table = simulated(
        "editing",
        np.random.default_rng(6),
        dimension=5,
        n_points=60,
        noise=1.0,
        rules=[
            EditingRule("fresh", 0.3, 0.7, 12),
            EditingRule("frozen", 0.1, 0.7, 12),
            EditingRule("halving", 0.3, 0.7, 12),
        ],
        trials=60,
    )
    assert len(table) == 3 * 60 * 13
    last = table[table["round"] == 13].groupby("policy")[["error", "expected", "bound_6", "bound_7"]].mean()
    assert last.loc["fresh", "expected"] > 2 > last.loc["frozen", "expected"]
    assert last.loc["halving", "error"] < last.loc["halving", "bound_7"]
    assert np.isnan(last.loc["fresh", "bound_7"])


def test_decay_ratios_tell_a_geometric_fall_from_another():
    rng = np.random.default_rng(7)
    values = []
    for _ in range(400):
        counts = [100_000]
        for _ in range(3):
            counts.append(rng.binomial(counts[-1], 0.9))
        values.append(decay_ratios(counts).p_value)
    assert np.mean(np.array(values) < 0.05) == pytest.approx(0.05, abs=0.035)
    assert decay_ratios([100_000, 90_000, 80_000, 70_000]).p_value < 1e-6
    with pytest.raises(ValueError, match="falling"):
        decay_ratios([10, 12, 8])
