"""Claims on generations, on runs as they might come out."""

from __future__ import annotations

import inspect
import re
from types import ModuleType

import numpy as np
import pytest
from readings import unlike_limits
from synthetic_generations import frames

from uncollapse.analysis.verdict import Finding
from uncollapse.products.claims import (
    gerstgrasser_generations,
    outside_generations,
    outside_own_samples,
    zhu_generations,
)
from uncollapse.theory.simulate import simulate
from uncollapse.theory.simulations.own_samples import Settings

ALL = (gerstgrasser_generations, outside_generations, zhu_generations)


def findings(module: ModuleType, **rises: float) -> dict[str, Finding]:
    given = frames(**rises)
    wanted = inspect.signature(module.check).parameters
    return {one.id: one for one in module.check(**{name: given[name] for name in wanted})}


def test_replace_over_accumulate_is_what_the_claim_says() -> None:
    found = findings(gerstgrasser_generations)["gerst-d"]
    assert found.verdict == "reproduced"
    assert found.value == pytest.approx(3 * (2.0 - 0.1), abs=0.2)  # of digits alone: points are no deep model
    assert "Over generation 0: digits, replace: +6.0 nats [" in found.explanation


def test_a_loss_is_told_in_its_models_unit() -> None:
    given = frames()
    assert set(given["learners"]["unit"]) == {"nats"}
    drawn = given["learners"].assign(unit="square error")  # as that of molecules
    wanted = {name: given[name] for name in ("generation_measures", "generation_runs")}
    (found,) = gerstgrasser_generations.check(**wanted, learners=drawn)
    assert "Over generation 0: digits, replace: +6.0 square error [" in found.explanation
    assert "nats" not in found.explanation


def test_alike_regimes_are_not_told_apart_and_a_falling_one_contradicts() -> None:
    open_claim = findings(gerstgrasser_generations, replace=0.1)["gerst-d"]
    assert open_claim.verdict == "inconclusive"
    assert re.match(
        r"\d+ seeds in place of 3 would just decide it if its value stayed|More of the same would not",
        open_claim.needed,
    )
    assert findings(gerstgrasser_generations, replace=-1.0)["gerst-d"].verdict == "contradicted"


def test_verifiers_are_held_against_the_same_regime_and_against_chance() -> None:
    found = findings(outside_generations)
    assert {one.verdict for one in found.values()} == {"reproduced"}
    assert len(found) == 4
    assert found["outside-2510.16657-a"].value == pytest.approx(3 * (2.0 - 0.8), abs=0.2)
    assert "digits, truth, generation 3: +2.4 nats [2.3, 2.5]" in found["outside-2510.16657-a"].explanation
    assert "digits, biased, generation 3: +15" in found["outside-2510.16657-a"].explanation
    assert found["outside-2606.13732-a"].value == pytest.approx(3 * (5.0 - 3.0), abs=0.2)
    other = findings(outside_generations, oracle=4.0, biased=1.0, golden=2.0, **{"worth-20x80": -3.0})
    assert {one.verdict for one in other.values()} == {"contradicted"}


def test_a_control_that_learned_from_fewer_rows_decides_nothing() -> None:
    given = frames()
    later = (given["verified"]["run"] == "random") & (given["verified"]["generation"] == 2)

    def biased(fewer: int) -> Finding:
        verified = given["verified"].assign(learned=40 - fewer * later)
        frames_of = {name: given[name] for name in ("generation_measures", "generation_runs", "learners")}
        found = outside_generations.check(**frames_of, verified=verified)
        return next(one for one in found if one.id == "outside-2606.13732-a")

    assert biased(0).verdict == "reproduced"
    assert biased(1).verdict == "not run at this scale"
    assert "generation 3, rows a generation: 40, 40, 40 against 40, 40, 39." in biased(1).explanation


def test_runs_that_are_not_there_leave_claims_open() -> None:
    given = frames()
    few = given["generation_runs"][given["generation_runs"]["run"] == "replace"]
    for module in ALL:
        wanted = [name for name in inspect.signature(module.check).parameters if name != "generation_runs"]
        for one in module.check(generation_runs=few, **{name: given[name] for name in wanted}):
            assert one.verdict == "not run at this scale"


def test_the_golden_weight_is_held_against_all_rows_alike() -> None:
    found = findings(outside_generations)["outside-2502.18049-a"]
    assert found.verdict == "reproduced"
    assert found.value == pytest.approx(3 * (1.5 - 0.6), abs=0.2)  # the mixture without fresh rows is another setting
    assert findings(outside_generations, golden=2.0)["outside-2502.18049-a"].verdict == "contradicted"


def test_own_rows_are_worth_more_beside_few_real_ones() -> None:
    found = findings(outside_generations)["outside-2410.16713-b"]
    assert found.verdict == "reproduced"
    assert found.value == pytest.approx((3.0 - 1.5) - (0.5 - 0.7), abs=0.2)
    other = findings(outside_generations, **{"worth-20x80": -3.0})
    assert other["outside-2410.16713-b"].verdict == "contradicted"


def test_edited_mixtures_are_held_against_the_mixture_as_it_is() -> None:
    found = findings(zhu_generations)["zhu-D5-a"]
    # once edited it is as good, three times edited 0.2 nats worse, which is more than a percent
    assert found.verdict == "contradicted"
    assert found.value == pytest.approx(-100 * np.expm1(0.2), abs=2)
    assert "texts_edited: 2.00%, 1.90%, 1.80%" in found.explanation
    assert "news, edited, frozen set: +0.059 nats [" in found.explanation
    better = findings(zhu_generations, texts_edited=-0.02)["zhu-D5-a"]
    assert better.verdict == "reproduced"


def test_edits_of_tokens_that_no_model_is_sure_of_decide_nothing() -> None:
    found = findings(zhu_generations, threshold=0.2, texts_edited=-0.02)["zhu-D5-a"]
    assert found.verdict == "not run at this scale"
    assert "gives them p of 0.2 or more" in found.explanation


def test_gaussians_lose_their_variance_unless_rows_accumulate() -> None:
    table = simulate("own_samples", Settings(n_points=(10, 80), generations=(0, 2, 50), trials=60), seed=0)
    (found,) = outside_own_samples.check(own_samples=table)
    assert found.verdict == "reproduced"
    doubled = table.assign(variance=table["variance"] * 2)
    assert outside_own_samples.check(own_samples=doubled)[0].verdict == "contradicted"


def test_every_claim_names_the_definition_of_collapse_that_it_goes_by() -> None:
    every = [one for module in ALL for one in findings(module).values()]
    assert len(every) == 6
    for one in every:
        assert "Collapse is meant as rising loss on held-out rows." in one.explanation, one.id


def test_readings_are_those_of_the_limits() -> None:
    every = [one for module in ALL for one in findings(module).values()]
    assert unlike_limits(every) == {}
    assert all(np.isfinite(one.value) for one in every)
