"""p_* over thresholds against counting, and its intervals against repeated samples."""

import numpy as np
import pytest

from uncollapse.proxy.score_sweep import score_sweep
from uncollapse.theory.breakdown import breakdown_point

SHARES = (0.1, 0.35, 0.7, 1.0)


def sample(n, rng):
    correct = rng.random(n) < 0.6
    return correct, np.round(correct + rng.standard_normal(n), 1)


def test_rates_are_those_of_counting_the_kept():
    rng = np.random.default_rng(0)
    correct, score = sample(500, rng)
    sweep = score_sweep(correct, score, shares=SHARES, resamples=5, rng=rng)
    assert len(sweep) == 4
    for (_, row), share in zip(sweep.iterrows(), SHARES, strict=True):
        kept = score >= row["threshold"]
        assert share <= kept.mean() < share + 0.1
        assert row["kept_share"] == pytest.approx(kept.mean())
        assert row["phi"] == pytest.approx(kept[correct].mean())
        assert row["psi"] == pytest.approx(kept[~correct].mean())
        assert row["kept_precision"] == pytest.approx(correct[kept].mean())
        assert row["breakdown_point"] == pytest.approx(breakdown_point(row["phi"], row["psi"]))


@pytest.mark.parametrize("clustered", [False, True])
def test_intervals_cover_the_truth(clustered):
    rng = np.random.default_rng(1)
    correct, score = sample(400_000, rng)
    truth = breakdown_point((score[correct] >= 1).mean(), (score[~correct] >= 1).mean())
    covered = []
    for _ in range(300):
        right, value = sample(100 if clustered else 300, rng)
        prompts = np.repeat(np.arange(100), 3) if clustered else None
        if clustered:
            right, value = np.repeat(right, 3), np.repeat(value, 3)
        share = np.mean(value >= 1)
        row = score_sweep(right, value, shares=[share], resamples=200, rng=rng, prompts=prompts).iloc[0]
        assert row["threshold"] == value[value >= 1].min()
        covered.append(row["breakdown_point_low"] <= truth <= row["breakdown_point_high"])
    assert np.mean(covered) == pytest.approx(0.95, abs=0.05)


def test_a_score_that_knows_nothing_has_a_breakdown_point_of_one_half():
    rng = np.random.default_rng(2)
    sweep = score_sweep(rng.random(4000) < 0.6, rng.random(4000), shares=SHARES, resamples=200, rng=rng)
    assert ((sweep["breakdown_point_low"] <= 0.5) & (sweep["breakdown_point_high"] >= 0.5)).all()


def test_all_correct_candidates_leave_psi_undefined_without_failing():
    sweep = score_sweep(np.ones(20, bool), np.arange(20.0), shares=[0.5], resamples=5, rng=np.random.default_rng(3))
    assert np.isnan(sweep["psi"][0])
    assert np.isnan(sweep["breakdown_point"][0])
    assert sweep["kept_precision"][0] == 1


def test_unusable_input_is_named():
    rng = np.random.default_rng(4)
    with pytest.raises(ValueError, match="one score per candidate"):
        score_sweep(np.ones(3, bool), np.ones(2), shares=[1.0], resamples=1, rng=rng)
    with pytest.raises(ValueError, match="1 scores are not numbers"):
        score_sweep(np.ones(2, bool), np.array([1.0, np.nan]), shares=[1.0], resamples=1, rng=rng)
    with pytest.raises(ValueError, match="must lie in"):
        score_sweep(np.ones(2, bool), np.ones(2), shares=[0.0], resamples=1, rng=rng)
