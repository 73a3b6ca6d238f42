"""Core-minutes beside open claims."""

from __future__ import annotations

from dataclasses import replace

from uncollapse.analysis.costs import cost_of, with_minutes
from uncollapse.analysis.verdict import Finding

PART = {"experiment": "toy", "scale": "laptop", "date": "2026-01-02", "trainings": 10, "processor_seconds": 600.0}
OPEN = Finding("x", "gain", 1.0, -1.0, 3.0, "inconclusive", "Open.", needed="It takes more.", models=4)


def test_the_cost_is_that_of_the_same_scale_before_others() -> None:
    own = PART | {"scale": "default"}
    assert cost_of([PART, own, own | {"experiment": "other"}], "toy", "default") == own
    assert cost_of([PART], "toy", "default") == PART
    assert cost_of([PART], "other", "default") is None
    assert cost_of([PART | {"trainings": 0}], "toy", "default") is None
    assert cost_of([PART | {"processor_seconds": 0}], "toy", "default") is None


def test_core_minutes_are_those_of_further_models() -> None:
    told = with_minutes(OPEN, PART).needed
    assert told.startswith("It takes more. About 4 core-minutes: 60 processor seconds for each model")
    assert with_minutes(OPEN, None) == OPEN
    assert with_minutes(replace(OPEN, models=0), PART).needed == "It takes more."
