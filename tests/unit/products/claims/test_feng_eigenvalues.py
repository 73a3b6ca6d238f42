"""Claims on Tables 1 and 2, each on a made-up run in which it holds and on one in which it does not."""

from __future__ import annotations

import pandas as pd
import pytest
import synthetic_run
from readings import unlike_limits

from uncollapse.analysis.verdict import Finding
from uncollapse.products.claims import feng_eigenvalues

SIZE = {"matrix_size": 2, "training_examples": 13_000}


def findings(outcomes: pd.DataFrame, **changes: object) -> dict[str, Finding]:
    inputs = {
        "evaluations": synthetic_run.evaluations(outcomes),
        "outcomes": outcomes,
        "datasets": synthetic_run.DATASETS,
        "proxy": synthetic_run.proxy(),
        "labellers": synthetic_run.LABELLERS,
        **SIZE,
    }
    found = feng_eigenvalues.check(**(inputs | changes))
    assert not unlike_limits(found)
    return {finding.id: finding for finding in found if not finding.reading}


@pytest.fixture(scope="module")
def usual(outcomes: pd.DataFrame) -> dict[str, Finding]:
    return findings(outcomes)


@pytest.fixture(scope="module")
def reversed_run() -> dict[str, Finding]:
    """Students of unselected labels are the best, wide beams make bad labels, and candidates get worse with width."""
    turned = {"no_selection": 0.003, "data_selection": 0.02, "best_of_5": 0.02, "best_of_25": 0.06}
    outcomes = synthetic_run.outcomes(prompts=800, medians=turned)
    generator, width = outcomes["model"].str.startswith("generator"), outcomes["decoding"].map(synthetic_run.BEAMS)
    outcomes.loc[generator, "best_error"] *= 4 * width[generator]
    outcomes.loc[generator, "first_error"] /= width[generator]
    outcomes["best_error"] = outcomes[["best_error", "first_error"]].max(axis=1)
    return findings(outcomes)


def test_all_eight_claims_are_judged(usual: dict[str, Finding]) -> None:
    assert list(usual) == [
        f"feng-{name}" for name in ("T1-a", "T1-b", "S5.1-a", "S5.2-a", "T2-a", "T2-b", "T2-c", "T2-d")
    ]


@pytest.mark.parametrize("claim", ["T1-a", "T2-a", "T2-b", "T2-d"])
def test_claims_hold_where_the_run_is_like_the_paper(usual: dict[str, Finding], claim: str) -> None:
    assert usual[f"feng-{claim}"].verdict == "reproduced"


@pytest.mark.parametrize("claim", ["T1-a", "T1-b", "T2-a", "T2-b", "T2-c", "T2-d"])
def test_claims_fail_where_the_run_is_the_reverse(reversed_run: dict[str, Finding], claim: str) -> None:
    assert reversed_run[f"feng-{claim}"].verdict == "contradicted"


def test_the_statistic_is_the_difference_that_decides(outcomes: pd.DataFrame, usual: dict[str, Finding]) -> None:
    greedy = outcomes[outcomes["decoding"] == "greedy"]
    solved = (greedy["first_error"] < 0.02).groupby(greedy["model"]).mean() * 100
    wide = solved[solved.index.str.startswith("best_of_25")].mean()
    narrow = solved[solved.index.str.startswith("best_of_5")].mean()
    assert usual["feng-T2-d"].value == pytest.approx(wide - narrow)
    unselected = solved[solved.index.str.startswith("no_selection")].mean()
    text = usual["feng-T2-a"].explanation
    assert f"solve {unselected:.1f}%, their generator {solved['generator-seed0']:.1f}%" in text
    assert "7.7 times" in text
    below = solved["generator-seed0"] - unselected
    assert f"at 2%: \N{MINUS SIGN}{below:.1f} points [" in text
    filtered = solved[solved.index.str.startswith("data_selection")].mean()
    assert f"2% filter at 2%: \N{MINUS SIGN}{solved['generator-seed0'] - filtered:.1f} points [" in (
        usual["feng-T2-c"].explanation
    )


def test_one_failing_set_contradicts_a_claim_on_all(usual: dict[str, Finding]) -> None:
    # data selection stays below the generator in the made-up run
    finding = usual["feng-T2-c"]
    assert finding.verdict == "contradicted"
    assert "Failing: 2% filter at 2%" in finding.explanation
    assert "its own numbers show it at 2% only" in finding.explanation


def test_the_flat_claim_needs_precision_of_a_point(usual: dict[str, Finding]) -> None:
    # 800 prompts cannot exclude a gain of one point
    assert usual["feng-T1-b"].verdict == "inconclusive"
    outcomes = synthetic_run.outcomes(prompts=800)
    generator = outcomes["model"].str.startswith("generator")
    greedy = outcomes[generator & (outcomes["decoding"] == "greedy")].set_index(["model", "prompt_id"])["first_error"]
    pairs = pd.MultiIndex.from_frame(outcomes.loc[generator, ["model", "prompt_id"]])
    outcomes.loc[generator, "first_error"] = greedy.loc[pairs].to_numpy()
    assert findings(outcomes)["feng-T1-b"].verdict == "reproduced"


def test_two_thirds_is_judged_near_the_papers_size_only(outcomes: pd.DataFrame, usual: dict[str, Finding]) -> None:
    assert usual["feng-S5.1-a"].verdict == "not run at this scale"
    assert usual["feng-S5.1-a"].value == pytest.approx(66, abs=4)
    at_size = findings(outcomes, matrix_size=5, training_examples=200_000)["feng-S5.1-a"]
    assert at_size.verdict == "reproduced"
    easy = outcomes.assign(first_error=outcomes["first_error"] / 10)
    assert findings(easy, matrix_size=5, training_examples=200_000)["feng-S5.1-a"].verdict == "contradicted"


def test_kept_share_is_compared_with_the_labelling_generator(outcomes: pd.DataFrame) -> None:
    proxy = synthetic_run.proxy()
    kept = (proxy["dataset"] == "data_selection") & (proxy["quantity"] == "kept")
    proxy.loc[kept, "value"] = 40_000.0
    finding = findings(outcomes, proxy=proxy)["feng-S5.2-a"]
    assert finding.verdict == "contradicted"
    assert "keeps 40,000 of 100,000 greedy labels, 40.0%" in finding.explanation
    assert finding.statistic.endswith("minus the generator's test accuracy (percentage points)")
    assert finding.value < 0
    without = proxy[~kept]
    assert findings(outcomes, proxy=without)["feng-S5.2-a"].verdict == "not run at this scale"


def test_one_seed_of_students_decides_nothing(outcomes: pd.DataFrame) -> None:
    single = outcomes[outcomes["model"].str.endswith("-seed0")]
    judged = findings(single)
    assert judged["feng-T1-a"].verdict == "reproduced"  # speaks about the one generator
    assert judged["feng-T2-a"].verdict == "inconclusive"
    assert "one seed, no interval" in judged["feng-T2-a"].explanation


def test_missing_students_are_not_run(outcomes: pd.DataFrame) -> None:
    generators = outcomes[outcomes["model"].str.startswith("generator")]
    judged = findings(generators[generators["decoding"] == "greedy"])
    waiting = ("T1-a", "T1-b", "T2-a", "T2-b", "T2-c", "T2-d")
    assert {judged[f"feng-{claim}"].verdict for claim in waiting} == {"not run at this scale"}
