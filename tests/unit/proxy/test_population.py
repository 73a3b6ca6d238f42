"""Rates of a population from labels of part of it, against the whole."""

from __future__ import annotations

import numpy as np
import pytest

from uncollapse.proxy.estimate import Tally, estimate
from uncollapse.proxy.noisy_labels import LabelErrors, Measured
from uncollapse.proxy.population import random_selection, rates
from uncollapse.proxy.tally import Candidates, tally

NAMES = ("p", "phi", "psi", "p_star", "kept_precision")


def pool(number: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    right = rng.random(number) < 0.5
    return rng.random(number) < np.where(right, 0.16, 0.04), right  # 10% are kept, 80% of them right


def found(counts, **options):
    return rates(counts, resamples=200, rng=np.random.default_rng(0), **options)


def test_where_all_have_labels_it_is_counting() -> None:
    kept, right = pool(4000)
    prompts = np.arange(4000) // 4
    whole = found(tally(Candidates(kept, right, prompts=prompts)))
    plain = estimate(Tally.of(right.reshape(-1, 4), kept.reshape(-1, 4)), resamples=200, rng=np.random.default_rng(0))
    for name in NAMES:
        assert whole[name].value == pytest.approx(plain[name].value)
    for name in ("p", "phi", "psi", "p_star"):
        assert whole[name][1:] == pytest.approx(plain[name][1:], abs=0.02)


def test_an_audit_stratified_by_verdict_is_weighed_back() -> None:
    """As many labels of kept as of dropped: by themselves they say that 35% are wrong, not half."""
    kept, right = pool(400_000)
    rng = np.random.default_rng(1)
    rows = np.concatenate([rng.choice(np.flatnonzero(side), 3000, replace=False) for side in (kept, ~kept)])
    audited = tally(Candidates(kept[rows], right[rows])).in_population(kept.sum(), (~kept).sum())
    whole = found(tally(Candidates(kept, right)))
    for name in NAMES:
        assert found(audited)[name].value == pytest.approx(whole[name].value, abs=0.03)
        assert found(audited)[name].low < whole[name].value < found(audited)[name].high
    assert found(tally(Candidates(kept[rows], right[rows])))["p"].value == pytest.approx(0.37, abs=0.03)


def test_weights_and_missing_labels_are_the_same_as_a_population() -> None:
    kept, right = pool(20_000)
    rng = np.random.default_rng(2)
    rows = np.concatenate([rng.choice(np.flatnonzero(side), 500, replace=False) for side in (kept, ~kept)])
    labelled = np.zeros(20_000, bool)
    labelled[rows] = True
    weight = np.where(kept[rows], kept.sum() / 500, (~kept).sum() / 500)
    by_population = found(tally(Candidates(kept[rows], right[rows])).in_population(kept.sum(), (~kept).sum()))
    by_missing = found(tally(Candidates(kept, right & labelled, labelled)))
    by_weight = found(tally(Candidates(kept[rows], right[rows], weight=weight)))
    for name in NAMES:
        assert by_missing[name].value == pytest.approx(by_population[name].value)
        assert by_weight[name].value == pytest.approx(by_population[name].value)
        assert by_weight[name][1:] == pytest.approx(by_population[name][1:], abs=0.03)


def test_all_kept_alike_have_an_interval_with_a_width() -> None:
    """Clopper and Pearson's bound of nine trials that all succeed: 0.025 ** (1 / 9); half of all are wrong."""
    kept = np.arange(20) < 9
    rated = rates(tally(Candidates(kept, np.arange(20) < 10)), resamples=4000, rng=np.random.default_rng(0))
    assert rated["kept_precision"] == pytest.approx((1.0, 0.6637, 1.0), abs=1e-4)
    assert rated["psi"][::2] == (0.0, pytest.approx(0.28, abs=0.03))  # 3 in the place of 0 of 9, beside 10: 3 of 13
    assert rated["p_star"][::2] == (1.0, 1.0)
    assert 0.66 < rated["p_star"].low < 0.8
    assert rated["p"][1:] == pytest.approx((0.3, 0.7), abs=0.06)  # counted: nothing unseen is added


@pytest.mark.parametrize("audited", [False, True])
def test_intervals_hold_the_truth_where_hardly_a_wrong_one_is_kept(audited: bool) -> None:
    """psi is 2%: no wrong candidate is kept in half of the audits, and an interval from 0 to 0 would miss it."""
    rng, held = np.random.default_rng(0), []
    for _ in range(200):
        right = rng.random(400 if audited else 100) < 0.7
        kept = rng.random(len(right)) < np.where(right, 0.9, 0.02)
        counts, truth = tally(Candidates(kept, right)), {"psi": 0.02, "p": 0.3}
        if audited:  # of these 400 themselves
            truth = {"psi": kept[~right].mean(), "p": (~right).mean()}
            rows = np.concatenate([np.flatnonzero(side)[:50] for side in (kept, ~kept)])
            counts = tally(Candidates(kept[rows], right[rows])).in_population(kept.sum(), (~kept).sum())
        rated = found(counts)
        held.append([rated[name].low <= value <= rated[name].high for name, value in truth.items()])
    assert np.mean(held, 0)[0] > 0.95
    assert np.mean(held, 0)[1] > 0.9


def test_dropped_that_are_all_wrong_may_not_all_be() -> None:
    """50 labels of nine tenths, none right: up to 7.1% of these may be, by Clopper and Pearson."""
    labels = np.array([0] * 50 + [1] * 50, bool)
    counts = tally(Candidates(labels, labels & (np.arange(100) % 5 > 0))).in_population(100, 900)
    rated = rates(counts, resamples=4000, rng=np.random.default_rng(0))
    assert rated["p"].value == pytest.approx(0.92)
    assert rated["p"].low == pytest.approx(1 - 0.1 * 0.8 - 0.9 * 0.071, abs=0.01)
    assert rated["phi"][::2] == (1.0, 1.0)
    assert rated["phi"].low == pytest.approx(0.08 / (0.08 + 0.9 * 0.071), abs=0.02)


def test_nothing_labelled_of_the_dropped_leaves_p_open() -> None:
    kept = np.arange(50) < 30
    rated = found(tally(Candidates(kept, np.arange(50) < 20, kept)))
    assert np.isnan(rated["p"].value)
    assert rated["kept_precision"].value == pytest.approx(2 / 3)


def test_labels_with_errors_are_corrected_throughout() -> None:
    kept, right = pool(200_000)
    rng = np.random.default_rng(3)
    called = np.where(right, rng.random(200_000) < 0.9, rng.random(200_000) < 0.2)
    errors = LabelErrors(Measured(9000, 10_000), Measured(8000, 10_000))
    true, corrected = found(tally(Candidates(kept, right))), found(tally(Candidates(kept, called)), errors=errors)
    for name in ("p", "phi", "psi", "p_star"):
        assert corrected[name].value == pytest.approx(true[name].value, abs=0.02)
    assert corrected["p"].high - corrected["p"].low > true["p"].high - true["p"].low


def test_random_selections_lie_where_they_should() -> None:
    rng = np.random.default_rng(4)
    kept, right = pool(2000)
    counts = tally(Candidates(kept, right))
    drawn = [right[rng.choice(2000, int(kept.sum()), replace=False)].mean() for _ in range(4000)]
    expected = random_selection(counts, right.mean())
    assert np.mean(drawn) == pytest.approx(expected.value, abs=0.003)
    assert np.quantile(drawn, [0.025, 0.975]) == pytest.approx(expected[1:], abs=0.01)


def test_very_many_kinds_of_prompts_are_resampled_in_groups() -> None:
    rng = np.random.default_rng(5)
    right = rng.random(30_000) < 0.6
    weight = rng.uniform(1, 2, 30_000)
    rated = found(tally(Candidates(rng.random(30_000) < 0.5, right, weight=weight)))
    half = 1.96 * np.sqrt(0.24 / 30_000 * (1 + weight.var() / weight.mean() ** 2))
    assert (rated["p"].high - rated["p"].low) / 2 == pytest.approx(half, rel=0.2)
