"""Claims on Table 4, each on a made-up grid in which it holds and on one in which it does not."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest
import synthetic_groups
import synthetic_run
from readings import unlike_limits

from uncollapse.analysis.verdict import Finding
from uncollapse.products.claims import feng_finetuning

CLAIMS = [f"feng-T4-{letter}" for letter in "abcde"]


def check(frames: dict[str, Any], *, tuned_on: int = 384_000) -> dict[str, Finding]:
    """Where fine-tuning saw so many examples and training from scratch 384,000, as synthetic_run has it."""
    groups, frames = frames["groups"], {name: frame for name, frame in frames.items() if name != "datasets"}
    group_curves = pd.concat([groups.assign(examples=seen) for seen in (0, tuned_on)])[["group", "dataset", "examples"]]
    found = feng_finetuning.check(**frames, curves=synthetic_run.curves(), group_curves=group_curves)
    assert not unlike_limits(found)
    return {finding.id: finding for finding in found if not finding.reading}


def findings(*, tuned_on: int = 384_000, **changes: Any) -> dict[str, Finding]:
    return check(synthetic_groups.frames(**changes), tuned_on=tuned_on)


@pytest.fixture(scope="module")
def usual() -> dict[str, Finding]:
    return findings()


@pytest.fixture(scope="module")
def turned() -> dict[str, Finding]:
    """The generator gains most, the better one gains too, wide beams harm."""
    sets = ("no_selection", "data_selection", "best_of_25")
    return findings(
        starts={
            "model_a": ("generator-seed0", 0.0135, dict(zip(sets, (0.004, 0.004, 0.03), strict=True))),
            "model_c": ("more-better-seed0", 0.02, dict(zip(sets, (0.01, 0.01, 0.012), strict=True))),
        }
    )


def test_all_claims_of_the_table_are_judged(usual: dict[str, Finding]) -> None:
    assert list(usual) == CLAIMS
    assert "A 6" in usual["feng-T4-a"].explanation
    assert "About one labelling generator" in usual["feng-T4-a"].explanation


@pytest.mark.parametrize("claim", ["a", "d", "e"])
def test_claims_hold_where_the_grid_is_like_the_papers(usual: dict[str, Finding], claim: str) -> None:
    assert usual[f"feng-T4-{claim}"].verdict == "reproduced"


def test_claims_that_the_papers_own_numbers_contradict_are_contradicted(usual: dict[str, Finding]) -> None:
    """On unselected labels model D and training from scratch end below the generator, and B gains over scratch."""
    worst, better = usual["feng-T4-b"], usual["feng-T4-c"]
    assert worst.verdict == better.verdict == "contradicted"
    assert "Failing: D on all labels minus A" in worst.explanation
    assert "scratch on all labels minus A" in worst.explanation
    assert "6 of 7 rows" in worst.explanation
    assert "B on" in better.explanation


@pytest.mark.parametrize("claim", CLAIMS)
def test_claims_fail_where_the_grid_is_the_reverse(turned: dict[str, Finding], claim: str) -> None:
    """The better model is not far better there, so that what is said of it has no premise."""
    assert turned[claim].verdict == ("premise not met" if claim == "feng-T4-d" else "contradicted")


def test_one_seed_everywhere_decides_nothing() -> None:
    frames = synthetic_groups.frames(seeds=1)
    frames["evaluations"] = frames["evaluations"][frames["evaluations"]["seed"] == 0]
    single = check(frames)
    assert "one seed, no interval" in single["feng-T4-d"].explanation
    assert single["feng-T4-d"].verdict == "inconclusive"


def test_without_starts_nothing_was_run() -> None:
    frames = synthetic_groups.frames()
    frames["groups"] = frames["groups"][frames["groups"]["start"].isna()]
    assert {finding.verdict for finding in check(frames).values()} == {"not run at this scale"}


def test_short_fine_tuning_is_not_compared_with_training_from_scratch(usual: dict[str, Finding]) -> None:
    short = findings(tuned_on=64_000)
    assert short["feng-T4-c"].verdict == "not run at this scale"
    assert "Fine-tuning saw 64,000 examples, training from scratch 384,000." in short["feng-T4-c"].explanation
    assert "scratch on" in usual["feng-T4-b"].explanation
    assert "scratch on" not in short["feng-T4-b"].explanation
    for claim in "ade":
        assert short[f"feng-T4-{claim}"].verdict == usual[f"feng-T4-{claim}"].verdict


def test_settings_with_several_seeds_are_counted() -> None:
    frames = synthetic_groups.frames(seeds=1)
    assert "of the 3 settings of 15 that have several" in check(frames)["feng-T4-a"].explanation


def test_true_labels_are_a_control_that_decides_nothing(usual: dict[str, Finding]) -> None:
    before, after = synthetic_groups.STARTS["model_a"][1:]
    found = findings(starts={"model_a": ("generator-seed0", before, {**after, "clean": 0.0020})})
    assert "Beside it, as control, A on true labels minus before: +" in found["feng-T4-a"].explanation
    for claim, finding in usual.items():
        assert "control" not in finding.explanation
        assert found[claim].verdict == finding.verdict
        assert "true labels" not in found[claim].statistic


def test_true_labels_stand_once_and_leave_the_claims_to_all_labellers() -> None:
    before, after = synthetic_groups.STARTS["model_a"][1:]
    frames = synthetic_groups.frames(starts={"model_a": ("generator-seed0", before, {**after, "clean": 0.0020})})
    for name in ("evaluations", "group_evaluations"):  # the second seed's students become those of a second labeller
        rows = frames[name][(frames[name]["role"] == "generator") | (frames[name]["seed"] < 2)]
        rows = rows[(rows["dataset"] != "clean") | (rows["seed"] == 0)]
        of_second = (rows["role"] != "generator") & (rows["seed"] == 1)
        frames[name] = rows.assign(labeller=of_second.map({True: "by1", False: ""}))
    second = synthetic_run.LABELLERS.assign(labeller="by1", model="generator-seed1")
    explanation = check(frames | {"labellers": pd.concat([synthetic_run.LABELLERS, second])})["feng-T4-a"].explanation
    assert "Over 2 labelling generators, with one spread for all selections" in explanation
    assert "Beside it, as control, A on true labels minus before: +" in explanation


def test_starts_that_are_one_model_for_all_labellers_are_named(usual: dict[str, Finding]) -> None:
    frames = synthetic_groups.frames()
    for name in ("evaluations", "group_evaluations"):  # the second seed's students become those of a second labeller
        rows = frames[name][(frames[name]["role"] == "generator") | (frames[name]["seed"] < 2)]
        of_second = (rows["role"] != "generator") & (rows["seed"] == 1)
        frames[name] = rows.assign(labeller=of_second.map({True: "by1", False: ""}))
    second = synthetic_run.LABELLERS.assign(labeller="by1", model="generator-seed1")
    explanation = check(frames | {"labellers": pd.concat([synthetic_run.LABELLERS, second])})["feng-T4-c"].explanation
    assert "B, C and D are one model each: intervals cover what another labelling generator would change" in explanation
    assert "one model each" not in usual["feng-T4-c"].explanation
