"""Claims on generations, on runs as they might come out."""

from __future__ import annotations

import inspect
from types import ModuleType

import numpy as np
import pytest
from readings import unlike_limits
from synthetic_generations import frames

from uncollapse.analysis.verdict import Finding
from uncollapse.products.claims import gerstgrasser_generations, outside_generations, outside_own_samples
from uncollapse.theory.simulate import simulate
from uncollapse.theory.simulations.own_samples import Settings


def findings(module: ModuleType, **rises: float) -> dict[str, Finding]:
    given = frames(**rises)
    wanted = inspect.signature(module.check).parameters
    return {one.id: one for one in module.check(**{name: given[name] for name in wanted})}


def test_replace_over_accumulate_is_what_the_claim_says() -> None:
    found = findings(gerstgrasser_generations)["gerst-d"]
    assert found.verdict == "reproduced"
    assert found.value == pytest.approx(3 * (2.0 - 0.1), abs=0.2)  # of digits alone: points are no deep model
    assert "Over generation 0: digits, replace: +5.9 nats [" in found.explanation


def test_alike_regimes_are_not_told_apart_and_a_falling_one_contradicts() -> None:
    assert findings(gerstgrasser_generations, replace=0.1)["gerst-d"].verdict == "inconclusive"
    assert findings(gerstgrasser_generations, replace=-1.0)["gerst-d"].verdict == "contradicted"


def test_verifiers_are_held_against_the_same_regime_and_against_chance() -> None:
    found = findings(outside_generations)
    assert {one.verdict for one in found.values()} == {"reproduced"}
    assert found["outside-2510.16657-a"].value == pytest.approx(3 * (2.0 - 0.8), abs=0.2)
    assert found["outside-2606.13732-a"].value == pytest.approx(3 * (5.0 - 3.0), abs=0.2)
    other = findings(outside_generations, oracle=4.0, biased=1.0)
    assert {one.verdict for one in other.values()} == {"contradicted"}


def test_runs_that_are_not_there_leave_claims_open() -> None:
    given = frames()
    few = given["generation_runs"][given["generation_runs"]["run"] == "replace"]
    wanted = {"generation_measures": given["generation_measures"], "learners": given["learners"]}
    for module in (gerstgrasser_generations, outside_generations):
        for one in module.check(generation_runs=few, **wanted):
            assert one.verdict == "not run at this scale"


def test_gaussians_lose_their_variance_unless_rows_accumulate() -> None:
    table = simulate("own_samples", Settings(n_points=(10, 80), generations=(0, 2, 50), trials=60), seed=0)
    (found,) = outside_own_samples.check(own_samples=table)
    assert found.verdict == "reproduced"
    doubled = table.assign(variance=table["variance"] * 2)
    assert outside_own_samples.check(own_samples=doubled)[0].verdict == "contradicted"


def test_readings_are_those_of_the_limits() -> None:
    every = [*findings(gerstgrasser_generations).values(), *findings(outside_generations).values()]
    assert unlike_limits(every) == {}
    assert all(np.isfinite(one.value) for one in every)
