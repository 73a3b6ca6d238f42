"""Units and outcomes as a verdict's words tell them, of verdicts that are kept and of those that are made today."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import pytest

from uncollapse.analysis.comparison import read_reported
from uncollapse.analysis.scale_claims import kept_claims
from uncollapse.analysis.verdict import NOT_RUN, Part, conclude
from uncollapse.artifacts.measured_parts import FOLDER, parts_below
from uncollapse.report.comparisons import is_mixed, outcomes, part_shown, unit_shown
from uncollapse.statistics.estimate import Estimate

ROOT = Path(__file__).parents[3]


def told(*parts: Part, **more: Any) -> dict[str, Any]:
    found = conclude("a", "what is measured", parts, **more)
    return {"statistic": found.statistic, "explanation": found.explanation, "verdict": found.verdict}


def part(label: str, value: float, unit: str = "points", **limits: float) -> Part:
    return Part(label, Estimate(value, value - 0.2, value + 0.2), unit=unit, **limits)


@pytest.mark.parametrize("count", [1, 3, 9])
@pytest.mark.parametrize("unit", ["points", "percent", "correlation", "ratio", "nats", "hundredths of a bit"])
def test_the_unit_is_that_of_the_comparison_that_is_shown(unit: str, count: int) -> None:
    others = [part(f"other {n}, at (2%); so", 5.0 + n, "correlation") for n in range(count)]
    verdict = told(*others, part("the least: of [all] (p* 0.67)", -3.0, unit))
    assert part_shown(verdict) == (count + 1, "the least: of [all] (p* 0.67)")
    assert unit_shown(verdict, "correlation") == ("" if unit == "ratio" else unit)


def test_the_least_favourable_is_told_among_many_that_fail() -> None:
    verdict = told(*(part(f"step {n}", -n / 8, "percent") for n in range(1, 20)), part("held", 5.0))
    assert part_shown(verdict)[1] == "step 19"
    assert unit_shown(verdict, "points") == "percent"


def test_a_single_comparison_and_a_limit_that_says_more() -> None:
    assert unit_shown(told(part("a rise", 1.0)), "ROUGE-1 points") == "ROUGE-1 points"
    assert unit_shown(told(part("a rise", 1.0, "nats")), "points") == "nats"
    assert unit_shown({"statistic": "a slope; -1", "explanation": "By simulation."}, "slope") == "slope"
    lone = Part("b", Estimate(1.0, math.nan, math.nan), unit="percent")
    assert unit_shown(told(part("a", 2.0), lone), "points") == "percent"


def test_the_unit_of_a_premise_is_its_own() -> None:
    premise = part("before", 50.0, "percent", low_limit=95.0)
    assert unit_shown(told(part("a", 2.0), premise=premise), "points") == "percent"


def test_a_claim_that_holds_in_one_comparison_and_fails_in_another_is_mixed() -> None:
    verdict = told(part("digits", 11.0, "nats"), part("texts", -2.0, "nats"))
    assert is_mixed(verdict)
    assert outcomes(verdict) == (1, 2)
    assert "Of 2 comparisons 1 holds, 1 fails and 0 cannot be told." in verdict["explanation"]
    assert not is_mixed(told(part("digits", -1.0), part("texts", -2.0)))
    assert outcomes(told(part("digits", 1.0), part("texts", 2.0))) is None
    assert outcomes(told(*(part(f"{n}", 1.0) for n in range(9)))) == (9, 9)


@pytest.mark.parametrize(
    ("limit", "texts", "expected"),
    [
        ("above 0", "[−0.24, −0.04]", (1, 2)),
        ("above 0", "[−0.24, 0.04]", (1, 2)),
        ("below 0", "[−0.24, −0.04]", (1, 2)),
        ("above 10 points (far better)", "[0.1, 0.2]", (1, 2)),
        ("above 10; above 0 otherwise", "[0.1, 0.2]", None),
        ("above 0", "[0.00, 0.04]", None),  # rounded to the limit
        ("above 0", "(one seed, no interval)", None),
    ],
)
def test_outcomes_of_a_verdict_that_was_kept_without_counts(
    limit: str, texts: str, expected: tuple[int, int] | None
) -> None:
    """From the intervals that it lists, where one limit is for all of them."""
    measured = (
        f"Loss. Measured: digits, in [3]: +11.2 nats [10.7, 11.6]; texts: −0.14 nats {texts}. Beside it: [1.0, 2.0]."
    )
    verdict = {"statistic": "loss; least favourable of 2: texts", "explanation": measured, "limit": limit}
    assert outcomes(verdict) == expected


def test_of_every_kept_verdict_the_unit_is_known_and_mixed_ones_are_seen() -> None:
    limits = read_reported(ROOT / "workflow/reported/limits.csv").groupby("id", sort=False)["unit"].last().fillna("")
    known = {"", "points", "percent", "correlation", "nats", "ROUGE-1 points", "points of perplexity", "square error"}
    known |= {"hundredths of a bit", "ratio", "difficulty"}
    parts = parts_below(ROOT / FOLDER)
    assert parts
    shown, mixed = {}, set()
    for one in parts:
        for row in kept_claims(one.claims_file).to_dict("records"):
            if row["verdict"] != NOT_RUN:
                shown[one.folder.parent.name, row["id"]] = unit_shown(row, limits[row["id"]])
                mixed |= {row["id"]} if is_mixed(row) else set()
    assert {key: unit for key, unit in shown.items() if unit not in known} == {}
    assert shown["evidence", "fengv2-F4-a"] == shown["evidence", "fengv2-F5-a"] == "points"
    assert {"feng-T2-c", "outside-2606.13732-a"} <= mixed
