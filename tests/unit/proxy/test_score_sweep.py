"""p_* over thresholds against counting, its intervals against repeated samples, and the sequence of tests."""

import numpy as np
import pytest

from uncollapse.proxy.exact import Gap
from uncollapse.proxy.score_sweep import loosest, score_sweep, thresholds_of
from uncollapse.proxy.tally import Candidates, nested
from uncollapse.theory.breakdown import breakdown_point

SHARES = (0.1, 0.35, 0.7, 1.0)


def sample(n, rng):
    correct = rng.random(n) < 0.6
    return correct, np.round(correct + rng.standard_normal(n), 1)


def swept(correct, score, *, prompts=None, labelled=None, shares=SHARES, resamples=50, seed=0):
    given = Candidates(np.zeros(len(correct), bool), correct, labelled, prompts)
    return score_sweep(given, score, shares=shares, resamples=resamples, rng=np.random.default_rng(seed))


def test_rates_are_those_of_counting_the_kept():
    correct, score = sample(500, np.random.default_rng(0))
    sweep = swept(correct, score)
    assert len(sweep) == 4
    for (_, row), share in zip(sweep.iterrows(), SHARES, strict=True):
        kept = score >= row["threshold"]
        assert share <= kept.mean() < share + 0.1
        assert row["kept_share"] == pytest.approx(kept.mean())
        assert row["phi"] == pytest.approx(kept[correct].mean())
        assert row["psi"] == pytest.approx(kept[~correct].mean())
        assert row["kept_precision"] == pytest.approx(correct[kept].mean())
        assert row["breakdown_point"] == pytest.approx(breakdown_point(row["phi"], row["psi"]))
        assert row["lift"] == pytest.approx(correct[kept].mean() - correct.mean())


@pytest.mark.parametrize("clustered", [False, True])
def test_intervals_cover_the_truth(clustered):
    rng = np.random.default_rng(1)
    correct, score = sample(400_000, rng)
    truth = breakdown_point((score[correct] >= 1).mean(), (score[~correct] >= 1).mean())
    covered = []
    for seed in range(100):
        right, value = sample(100 if clustered else 300, rng)
        if clustered:
            right, value = np.repeat(right, 3), np.repeat(value, 3)
        share = np.mean(value >= 1)
        prompts = np.arange(300) // 3 if clustered else None
        row = swept(right, value, prompts=prompts, shares=[share], resamples=200, seed=seed).iloc[0]
        assert row["threshold"] == value[value >= 1].min()
        covered.append(row["breakdown_point_low"] <= truth <= row["breakdown_point_high"])
    assert np.mean(covered) == pytest.approx(0.95, abs=0.06)


def test_a_score_that_knows_nothing_has_a_breakdown_point_of_one_half():
    rng = np.random.default_rng(2)
    sweep = swept(rng.random(4000) < 0.6, rng.random(4000), resamples=200)
    assert ((sweep["breakdown_point_low"] <= 0.5) & (sweep["breakdown_point_high"] >= 0.5)).all()
    assert loosest(sweep) == (0, False)  # precise enough, and no lift


def test_a_good_score_passes_down_to_where_half_is_right():
    rng = np.random.default_rng(3)
    correct = rng.random(4000) < 0.4
    score = 2 * correct + rng.standard_normal(4000)
    sweep = swept(correct, score, shares=np.arange(1, 21) / 20)
    row, passed = loosest(sweep)
    assert passed
    assert sweep["passes"][: row + 1].all()
    assert not sweep["passes"][row + 1]
    assert sweep["passes"][row + 2 :].isna().all()
    assert 0.55 < sweep["kept_share"][row] < 0.8


def test_labels_of_a_part_are_a_sweep_of_all():
    rng = np.random.default_rng(4)
    correct, score = sample(20_000, rng)
    labelled = rng.random(20_000) < 0.2
    whole, part = swept(correct, score), swept(correct & labelled, score, labelled=labelled)
    assert part["kept_share"].tolist() == whole["kept_share"].tolist()
    assert part["kept_precision"].to_numpy() == pytest.approx(whole["kept_precision"].to_numpy(), abs=0.05)
    assert part["breakdown_point"].to_numpy() == pytest.approx(whole["breakdown_point"].to_numpy(), abs=0.05)


def test_what_rounding_leaves_of_weights_is_no_dropped_candidate():
    rng = np.random.default_rng(0)
    right = rng.random(240) < 0.8
    weight = rng.choice([0.1, 0.2, 0.3, 0.7], 240)
    judged = Candidates(np.zeros(240, bool), right, prompts=np.arange(240) // 4, weight=weight)
    every = list(nested(judged, rng.integers(4, size=240), 4))[-1]
    assert every.dropped == 0
    assert not every.labelled[:2].any()
    assert not Gap(every).known


def test_all_correct_candidates_leave_psi_undefined_without_failing():
    sweep = swept(np.ones(20, bool), np.arange(20.0), shares=[0.5], resamples=5)
    assert np.isnan(sweep["psi"][0])
    assert np.isnan(sweep["breakdown_point"][0])
    assert sweep["kept_precision"][0] == 1


def test_thresholds_are_quantiles_of_the_score():
    score = np.random.default_rng(5).normal(size=997)
    ranked = np.sort(score)[::-1]
    assert thresholds_of(score, [0.1, 0.5, 1.0]).tolist() == [ranked[99], ranked[498], ranked[996]]


def test_unusable_input_is_named():
    with pytest.raises(ValueError, match="one score per candidate"):
        swept(np.ones(3, bool), np.ones(2))
    with pytest.raises(ValueError, match="1 scores are not numbers"):
        swept(np.ones(2, bool), np.array([1.0, np.nan]))
    with pytest.raises(ValueError, match="must lie in"):
        swept(np.ones(2, bool), np.ones(2), shares=[0.0])
