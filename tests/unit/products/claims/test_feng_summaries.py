"""Claims on summaries, each on a made-up run in which it holds and on one in which it does not."""

from __future__ import annotations

import pandas as pd
import pytest
import synthetic_summaries as made_up
from readings import unlike_limits

from uncollapse.analysis.summary_scores import breakdown_points
from uncollapse.analysis.verdict import Finding
from uncollapse.products.claims import feng_summaries

LIKE_THE_PAPER = {"random": 0.2315, "weak": 0.2318}
REVERSED = {"generator": 0.26, "original": 0.23, "oracle": 0.21, "self": 0.21, "weak": 0.24, "random": 0.28}
CLAIMS = [f"feng-F4-{letter}" for letter in "abcdef"] + ["feng-S1-a", "feng-F4-g", "fengv2-F5-a", "fengv2-abs-a"]


def every(levels: dict[str, float] | None = None, **changes: object) -> list[Finding]:
    seeds = changes.pop("seeds", 4)
    inputs = {
        "text_outcomes": made_up.outcomes(levels, seeds=seeds),  # type: ignore[arg-type]
        "text_datasets": made_up.DATASETS,
        "text_proxy": made_up.proxy(),
        "text_baselines": made_up.baselines(),
        "further_models": made_up.FURTHER,
        "train_share": 0.125,
        "labellers": made_up.labellers(),
    }
    found = feng_summaries.check(**(inputs | changes))  # type: ignore[arg-type]
    assert not unlike_limits(found)
    return found


def findings(levels: dict[str, float] | None = None, **changes: object) -> dict[str, Finding]:
    """By claim, as it is read last."""
    return {finding.id: finding for finding in every(levels, **changes) if not finding.reading}


@pytest.fixture(scope="module")
def usual() -> dict[str, Finding]:
    return findings(LIKE_THE_PAPER)


@pytest.fixture(scope="module")
def reversed_run() -> dict[str, Finding]:
    return findings(REVERSED)


def test_all_claims_are_judged(usual: dict[str, Finding]) -> None:
    assert list(usual) == [*CLAIMS, "fengv2-Th4.2-a"]


@pytest.mark.parametrize("claim", ["feng-F4-a", "feng-F4-b", "feng-F4-c", "feng-F4-d", "feng-F4-e", "feng-F4-f"])
def test_claims_hold_where_the_run_is_like_the_paper(usual: dict[str, Finding], claim: str) -> None:
    assert usual[claim].verdict == "reproduced", usual[claim].explanation


def test_the_proxy_orders_students_where_the_run_is_like_the_paper(usual: dict[str, Finding]) -> None:
    assert usual["feng-F4-g"].verdict == "reproduced", usual["feng-F4-g"].explanation
    assert usual["feng-S1-a"].verdict == "reproduced"
    found = findings({"self": 0.27, "weak": 0.25, "random": 0.231})["fengv2-F5-a"]
    assert found.verdict == "reproduced", found.explanation


@pytest.mark.parametrize("claim", CLAIMS)
def test_claims_fail_where_the_run_is_the_reverse(reversed_run: dict[str, Finding], claim: str) -> None:
    """The stronger model is the weaker one there, so that what is said of it has no premise.

    That there are verifiers which suffice is not refuted by those tried.
    """
    expected = "inconclusive" if claim in ("feng-F4-f", "feng-F4-g", "fengv2-abs-a") else "contradicted"
    assert reversed_run[claim].verdict == expected, reversed_run[claim].explanation


def test_p_star_must_lie_between_one_half_and_one() -> None:
    """Chance lies at one half, so that its interval reaches below: it is not judged."""
    proxy = made_up.proxy()
    assert findings()["fengv2-Th4.2-a"].verdict == "reproduced"
    lower = proxy.assign(**{name: proxy[name] - 0.2 for name in ("value", "low", "high")})
    assert findings(text_proxy=lower)["fengv2-Th4.2-a"].verdict == "contradicted"


def test_imperfect_verifiers_are_those_clearly_above_one_half() -> None:
    def read(*levels: float, **proxy: float) -> list[str]:
        """The verdicts that every one is better, that one is better, that one is as good."""
        found = every(dict(zip(("self", "weak"), levels, strict=True)), text_proxy=made_up.proxy(proxy))
        return [finding.verdict for finding in found if finding.id == "fengv2-abs-a"]

    assert read(0.26, 0.25) == ["reproduced"] * 3
    assert read(0.26, 0.22) == ["contradicted", "reproduced", "reproduced"]
    assert read(0.237, 0.22) == ["contradicted", "inconclusive", "reproduced"]  # near the generator
    assert read(0.22, 0.22) == ["contradicted", "inconclusive", "inconclusive"]  # others might
    # a verifier that may be no better than none is left out
    assert read(0.26, 0.22, weak=0.505) == ["reproduced"] * 3


def over_draws(levels: dict[str, float] | None, *, shifts: tuple[float, ...], noise: float) -> dict[str, Finding]:
    outcomes = made_up.outcomes(levels, seeds=1, shifts=shifts, noise=noise)
    drawn = {"labellers": made_up.labellers(len(shifts)), "text_proxy": made_up.proxy(draws=len(shifts))}
    return findings(text_outcomes=outcomes, **drawn)


def test_draws_of_the_pool_are_the_unit_of_replication() -> None:
    shifts = (0.0, 0.05, -0.04, 0.02)
    quiet = over_draws(LIKE_THE_PAPER, shifts=shifts, noise=0.001)["feng-F4-a"]
    assert quiet.verdict == "reproduced", quiet.explanation
    assert "Over 4 labelling generators" in quiet.explanation
    assert "Each of them has a pool of its own." in quiet.explanation
    # what a draw shifts in all its models alike is no error of a difference, what it changes in each is
    assert quiet.high - quiet.low < 1.0
    noisy = over_draws(LIKE_THE_PAPER, shifts=shifts, noise=0.02)["feng-F4-a"]
    assert noisy.high - noisy.low > 2.0


def test_p_star_of_several_draws_has_an_interval_over_them() -> None:
    proxy = made_up.proxy(draws=3)
    proxy.loc[proxy["labeller"] == "by2", "value"] -= 0.03
    found = breakdown_points(proxy)["self_12"]
    assert found.value == pytest.approx(0.65)
    assert found.high - found.value == pytest.approx(4.302653 * 0.03 / 3, rel=1e-5)


def test_one_draw_and_one_seed_tell_no_claim() -> None:
    outcomes = made_up.outcomes(LIKE_THE_PAPER, seeds=1)
    assert findings(text_outcomes=outcomes)["feng-F4-a"].verdict == "inconclusive"


def test_the_number_is_the_paired_difference_in_points(usual: dict[str, Finding]) -> None:
    outcomes = made_up.outcomes(LIKE_THE_PAPER, seeds=4)
    first = outcomes[outcomes["metric"] == "rouge1"].groupby("dataset")["value"].mean()
    finding = usual["feng-F4-d"]
    assert finding.value == pytest.approx(100 * (first["oracle_12"] - first["original"]))
    assert finding.low < finding.value < finding.high


def test_selectors_that_cannot_be_told_apart_are_inconclusive() -> None:
    found = findings({"oracle": 0.2402, "self": 0.2405})
    assert found["feng-F4-e"].verdict == "inconclusive" or found["feng-F4-e"].low < 0
    assert found["feng-F4-c"].verdict != "reproduced"


def test_one_share_alone_cannot_tell_how_students_rise() -> None:
    few = made_up.DATASETS[made_up.DATASETS["share"] == 0.125]
    outcomes = made_up.outcomes()
    outcomes = outcomes[~outcomes["dataset"].str.endswith("_50")]
    found = findings(text_datasets=few, text_outcomes=outcomes)
    assert found["feng-F4-b"].verdict == found["feng-S1-a"].verdict == "not run at this scale"
    assert found["feng-F4-a"].verdict == "reproduced"


def test_without_a_model_on_all_original_answers() -> None:
    found = findings(further_models=made_up.FURTHER[:1])
    assert found["feng-F4-d"].verdict == "not run at this scale"
    assert found["feng-F4-c"].verdict == "reproduced"


def test_without_further_models_at_all() -> None:
    nobody = pd.DataFrame()
    found = findings(further_models=nobody)
    assert found["feng-F4-g"].verdict == "not run at this scale"


def test_explanations_tell_what_no_model_reaches(usual: dict[str, Finding]) -> None:
    assert "the article's first words 20.0" in usual["feng-F4-a"].explanation
    assert "generator: 2" in usual["feng-F4-a"].explanation
    assert "weak 12.5% minus random 12.5%: " in usual["feng-F4-f"].explanation
    assert "The claim supposes more than 0.0: the stronger model's own score" in usual["feng-F4-g"].explanation
