"""Verdicts follow the data: each check is also given data that must turn it the other way."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from uncollapse.analysis.verdict import VERDICTS, decide
from uncollapse.products.claims import (
    dohmatob_adaptive_ridge,
    dohmatob_least_squares,
    dohmatob_ridge,
    feng_breakdown,
    feng_finite_sample,
    feng_linear_verifiers,
    feng_margin_gap,
    feng_survivors,
    gerstgrasser_accumulation,
    outside_own_samples,
    zhu_editing,
)
from uncollapse.products.needs import REPORTED, needed
from uncollapse.statistics.bootstrap import bootstrap_interval
from uncollapse.statistics.intervals import mean_interval, share_interval
from uncollapse.theory.agreement import agreement
from uncollapse.theory.regression_closed_form import least_squares_error
from uncollapse.theory.simulate import load_simulation

ROOT = Path(__file__).parents[3]
GROUPS = (
    dohmatob_adaptive_ridge,
    dohmatob_least_squares,
    dohmatob_ridge,
    feng_breakdown,
    feng_finite_sample,
    feng_linear_verifiers,
    feng_margin_gap,
    feng_survivors,
    gerstgrasser_accumulation,
    outside_own_samples,
    zhu_editing,
)


def rng():
    return np.random.default_rng(0)


def verdict_of(check, table, **arguments):
    return check(table, **arguments).verdict


def test_intervals_cover_as_often_as_they_say():
    draws = np.random.default_rng(1)
    covered = [low <= 0 <= high for _, low, high in (mean_interval(draws.standard_normal(6)) for _ in range(1500))]
    assert np.mean(covered) == pytest.approx(0.95, abs=0.02)
    covered = [
        low <= 0.9 <= high for _, low, high in (share_interval(draws.binomial(40, 0.9), 40) for _ in range(1500))
    ]
    assert np.mean(covered) >= 0.94
    frames = [pd.DataFrame({"x": draws.standard_normal(60)}) for _ in range(200)]
    intervals = [bootstrap_interval(frame, lambda rows: rows["x"].mean(), rng=draws) for frame in frames]
    assert np.mean([low <= 0 <= high for _, low, high in intervals]) == pytest.approx(0.95, abs=0.06)


def test_agreement_keeps_its_error_rate_over_many_samples_and_sees_a_shift():
    draws = np.random.default_rng(2)
    held = [agreement(list(draws.standard_normal((10, 20))), [0.0] * 10).holds for _ in range(400)]
    assert np.mean(held) == pytest.approx(0.95, abs=0.035)
    shifted = agreement(list(draws.standard_normal((10, 20)) + 3), [0.0] * 10)
    assert shifted.fails
    assert not shifted.holds


def test_decide_prefers_support():
    assert decide(supports=True, refutes=False) == "reproduced"
    assert decide(supports=False, refutes=True) == "contradicted"
    assert decide(supports=False, refutes=False) == "inconclusive"


def test_transition_must_narrow_with_size(tables):
    table = tables["mixture_breakdown"]
    assert verdict_of(feng_breakdown.transition_sharpens, table, rng=rng()) == "reproduced"
    swap = table["n_points"].replace({400: 1600, 1600: 400})
    widening = table.assign(n_points=swap.where(table["growth"] == "d and N", table["n_points"]))
    assert verdict_of(feng_breakdown.transition_sharpens, widening, rng=rng()) == "contradicted"


@pytest.mark.parametrize("pruners", [[(1.0, 1.0), (1.0, 0.0)], [(1.0, 0.1), (1.0, 0.25), (1.0, 0.5)]])
def test_measured_breakdown_points_must_be_the_predicted_ones(tables, pruners):
    table = tables["mixture_breakdown"]
    assert feng_breakdown.breakdown_of("any", table, pruners).verdict == "reproduced"
    moved = table.assign(measured=table["measured"] - 0.1)
    assert feng_breakdown.breakdown_of("any", moved, pruners).verdict == "contradicted"


def test_ninety_percent_point_is_compared_with_the_proxy(tables):
    table = tables["mixture_breakdown"]
    assert feng_breakdown.slack_of_ninety_percent(table).high < 0.1
    assert feng_breakdown.slack_of_ninety_percent(table).verdict == "contradicted"
    on_proxy = table.assign(measured=table["breakdown_lower"] + 0.001 * np.cos(np.arange(len(table))))
    assert feng_breakdown.slack_of_ninety_percent(on_proxy).verdict == "reproduced"


@pytest.mark.parametrize(("claim", "case"), [("feng-PE.3-a", "symmetric"), ("feng-PE.4-a", "skewed")])
def test_survivors_must_decide(tables, claim, case):
    arguments = {"claim": claim, "case": case}
    table = tables["survivors"]
    assert verdict_of(feng_survivors.survivors_decide, table, **arguments) == "reproduced"
    contrary = table.assign(accuracy_0=1 - table["accuracy_0"], accuracy_1=1 - table["accuracy_1"])
    assert verdict_of(feng_survivors.survivors_decide, contrary, **arguments) == "contradicted"


def test_gap_must_shrink(tables):
    table = tables["margin_gap"]
    assert feng_margin_gap.check(margin_gap=table)[0].verdict == "reproduced"
    constant = table.assign(gap=table["gap"] * table["n_points"] ** 0.6)
    assert feng_margin_gap.check(margin_gap=constant)[0].verdict == "contradicted"


def test_angles_must_predict_the_breakdown(tables):
    table, curves = tables["supervised_breakdown"], tables["supervised_curves"]
    check = feng_linear_verifiers.check
    assert check(supervised_breakdown=table, supervised_curves=curves)[0].verdict == "reproduced"
    moved = table.assign(measured=table["measured"] + 0.1)
    assert (
        feng_linear_verifiers.check(supervised_breakdown=moved, supervised_curves=curves)[0].verdict == "contradicted"
    )


def swapped(table, first, second):
    """The table with two selections' names exchanged."""
    return table.assign(selection=table["selection"].replace({first: second, second: first}))


def test_oracle_checks_turn_when_oracle_and_random_are_swapped(tables):
    table = tables["finite_sample"]
    upside_down = swapped(table, "oracle", "random")
    for check in (
        feng_finite_sample.oracle_matches_clean,
        feng_finite_sample.oracle_reaches_bayes,
        feng_finite_sample.generator_and_verifier_trade,
        feng_finite_sample.larger_angles_are_worse,
    ):
        assert check(table).verdict in {"reproduced", "inconclusive"}
        assert check(upside_down).verdict != "reproduced"
    assert feng_finite_sample.breakdown_points_are_proxies(table).verdict == "reproduced"
    assert feng_finite_sample.breakdown_points_are_proxies(upside_down).verdict != "reproduced"


def test_larger_angles_and_weak_supervision_are_judged_by_sign(tables):
    table = tables["finite_sample"]
    assert feng_finite_sample.larger_angles_are_worse(table).value > 0
    mirrored = swapped(table, "theta 30 deg", "oracle")
    assert feng_finite_sample.larger_angles_are_worse(mirrored).verdict == "contradicted"
    weak = table["angle"] > 0
    worse = table.assign(relative_error=np.where(weak, 0.3, 0.1) + 1e-3 * table["trial"] * weak)
    assert feng_finite_sample.weak_supervision_can_hurt(worse).verdict == "reproduced"
    better = table.assign(relative_error=np.where(weak, 0.1, 0.3) + 1e-3 * table["trial"] * weak)
    assert feng_finite_sample.weak_supervision_can_hurt(better).verdict == "contradicted"


def test_a_better_generator_must_help_weak_selection_more_than_the_oracle(tables):
    table = tables["finite_sample"]
    by_generator = -0.1 * (table["n_original"] == table["n_original"].max()) + 1e-5 * table["trial"]
    for of_oracle, verdict in [(0.0, "reproduced"), (1.0, "contradicted")]:
        weight = np.where(table["selection"] == "oracle", of_oracle, 1.0)
        judged = table.assign(relative_error=0.3 + weight * by_generator)
        assert feng_finite_sample.generator_and_verifier_trade(judged).verdict == verdict
    # the oracle saves as little as can't be told from nothing, and so does weak selection
    judged = table.assign(relative_error=0.3 + 0.03 * by_generator)
    assert feng_finite_sample.generator_and_verifier_trade(judged).verdict == "inconclusive"


def test_sweet_spot_must_lie_inside(tables):
    table = tables["finite_sample"]
    falling = table.assign(relative_error=1 / table["selected"] + 1e-6 * table["trial"] / table["selected"])
    arguments = {"resamples": 200, "rng": rng()}
    assert verdict_of(feng_finite_sample.sweet_spot_is_interior, falling, **arguments) == "contradicted"
    valley = table.assign(relative_error=np.log(table["selected"] / 600.0) ** 2 + 0.01 * table["trial"])
    assert verdict_of(feng_finite_sample.sweet_spot_is_interior, valley, **arguments) == "reproduced"


def test_breakdown_must_rank_students(tables):
    table = tables["finite_sample"]
    ranked = table.assign(accuracy=table["breakdown_point"])
    assert feng_finite_sample.breakdown_tracks_error(ranked).verdict == "reproduced"
    reverse = table.assign(accuracy=-table["breakdown_point"])
    assert feng_finite_sample.breakdown_tracks_error(reverse).verdict == "contradicted"


def test_bayes_accuracy_claim_needs_about_107_dimensions():
    assert feng_finite_sample.bayes_accuracy_is_94_percent(dimension=107, tau=0.15).verdict == "reproduced"
    assert feng_finite_sample.bayes_accuracy_is_94_percent(dimension=100, tau=0.15).verdict == "contradicted"


@pytest.mark.parametrize("check", [dohmatob_least_squares.error_is_linear, dohmatob_least_squares.null_ratio_is_linear])
def test_growth_must_be_linear_at_the_predicted_slope(tables, check):
    table = tables["least_squares"]
    assert check(table).verdict == "reproduced"
    slower = table.assign(
        excess_risk=table["excess_risk"] - 0.1 * table["round"], null_ratio=table["null_ratio"] - 0.1 * table["round"]
    )
    assert check(slower).verdict == "contradicted"


def test_growing_data_must_follow_the_harmonic_sum(tables):
    table = tables["least_squares"]
    assert dohmatob_least_squares.growing_data_is_logarithmic(table).verdict == "reproduced"
    linear = table.assign(excess_risk=table["excess_risk"] + 0.1 * table["round"])
    assert dohmatob_least_squares.growing_data_is_logarithmic(linear).verdict == "contradicted"


def test_ridge_must_not_stop_the_growth(tables):
    table = tables["ridge"]
    forgets = (table["n_generated"] < table["dimension"]) & ~table["same_design"]
    assert dohmatob_ridge.check(ridge=table[~forgets])[0].verdict == "reproduced"
    assert dohmatob_ridge.check(ridge=table)[0].verdict == "inconclusive"  # where T_0 < d forgets, growth ends
    shrinking = table.assign(excess_risk=-table["excess_risk"])
    assert dohmatob_ridge.check(ridge=shrinking)[0].verdict == "contradicted"


def test_best_penalty_exponent_must_be_fastest(tables):
    table, limit = tables["adaptive_ridge"], tables["adaptive_limit"]
    check = dohmatob_adaptive_ridge.check
    assert check(adaptive_ridge=table, adaptive_limit=limit)[0].verdict == "reproduced"
    steep = limit.assign(predicted=limit["predicted"] * np.where(limit["exponent"] == 0, 1.0 / limit["n_points"], 1.0))
    assert check(adaptive_ridge=table, adaptive_limit=steep)[0].verdict == "contradicted"


def test_replacing_must_follow_its_law_and_accumulating_its_bound(tables):
    table = tables["accumulation"]
    assert gerstgrasser_accumulation.replacing_is_linear(table).verdict == "reproduced"
    assert (
        gerstgrasser_accumulation.replacing_is_linear(table.assign(error=table["error"] * 1.5)).verdict
        == "contradicted"
    )
    unbounded = table.assign(error=table["error"] * table["round"])
    assert gerstgrasser_accumulation.accumulating_is_bounded(unbounded, rng=rng()).verdict == "contradicted"
    assert gerstgrasser_accumulation.accumulating_is_bounded(table, rng=rng()).verdict != "contradicted"


def test_theorem_one_fails_on_the_process_and_would_hold_without_the_dropped_term(tables):
    table = tables["editing"]
    found = zhu_editing.theorem_one(table)
    assert found.verdict == "contradicted"
    assert "agreement restored" in found.explanation
    assert zhu_editing.theorem_one(table.assign(theorem_distance=0.0)).verdict == "reproduced"
    assert "not restored" in zhu_editing.theorem_one(table.assign(expected=table["theorem_expected"])).explanation


def test_bounds_of_theorem_two_are_judged_on_the_process(tables):
    table = tables["editing"]
    found = zhu_editing.theorem_two_bound(table)
    assert found.verdict == "contradicted"
    assert "Above 2: fresh 0.3" in found.explanation
    frozen = table[table["policy"].isin(["frozen", "replace"])]
    assert zhu_editing.theorem_two_bound(frozen).verdict == "reproduced"
    assert zhu_editing.shrinking_edits_bound(table).verdict == "reproduced"
    tight = table.assign(bound_7=table["bound_7"] / 20)
    assert zhu_editing.shrinking_edits_bound(tight).verdict == "contradicted"


def test_decay_is_judged_by_its_ratios():
    assert zhu_editing.decay_is_geometric([100_000, 94_000, 88_360]).verdict == "reproduced"
    assert zhu_editing.decay_is_geometric([100_000, 94_000, 70_000]).verdict == "contradicted"
    assert zhu_editing.decay_is_geometric([100, 94, 88]).verdict == "inconclusive"


def test_the_reason_for_a_setting_and_the_law_agree_on_when_the_ratio_passes_one():
    """In the default simulation, of which the claim says the same from the measured means."""
    settings = load_simulation("least_squares").Settings()
    n_points, noise = settings.first_fits[0]
    error = least_squares_error(
        rounds=range(settings.rounds), dimension=settings.dimension, n_points=n_points, noise=noise,
        n_generated=settings.n_generated, generated_noise=settings.generated_noise,
    )  # fmt: skip
    passes = int((error > settings.truth_norm**2).argmax())
    assert f"the ratio passes 1 after round {passes}." in type(settings).model_fields["truth_norm"].description


def test_every_claim_of_the_theory_is_checked_once(tables):
    """Those of claims.csv that the theory's issue names, and no others."""
    listed = pd.read_csv(ROOT / "workflow/reported/claims.csv")["id"]
    sources = r"(feng|fengv2)-(Th|S3|PE|RD|F2|F3)|dohm-|gerst-[ab]$|outside-2410.16713-a$|zhu-Th|zhu-T9-b$"
    counts = pd.read_csv(ROOT / "workflow/reported/zhu2024_table9.csv")
    findings = []
    for module in GROUPS:
        names = needed("claims", module.__name__.rpartition(".")[2])
        frames = {name: counts if name.startswith(REPORTED) else tables[name] for name in names}
        findings += module.check(**frames)
    last = [finding.id for finding in findings if not finding.reading]
    assert sorted(last) == sorted(listed[listed.str.match(sources)])
    assert {finding.verdict for finding in findings} <= set(VERDICTS)
