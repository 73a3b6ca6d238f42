"""The one rule from intervals to verdicts."""

from __future__ import annotations

import math
import re
from dataclasses import replace

import pytest

from uncollapse.analysis.verdict import Part, combine, conclude, decisive
from uncollapse.statistics.estimate import Estimate
from uncollapse.statistics.intervals import from_variances
from uncollapse.statistics.sampled import ITEMS, Source

NAN = math.nan


@pytest.mark.parametrize(
    ("low", "high", "limits", "verdict"),
    [
        (0.1, 2.0, (0.0, math.inf), "reproduced"),
        (-2.0, -0.1, (0.0, math.inf), "contradicted"),
        (-0.1, 2.0, (0.0, math.inf), "inconclusive"),
        (0.0, 2.0, (0.0, math.inf), "inconclusive"),
        (0.0, 0.0, (0.0, math.inf), "contradicted"),  # known to be no rise at all
        (NAN, NAN, (0.0, math.inf), "inconclusive"),
        (-2.0, -0.1, (-math.inf, 0.0), "reproduced"),
        (0.1, 2.0, (-math.inf, 0.0), "contradicted"),
        (-1.0, 1.0, (-2.5, 2.5), "reproduced"),
        (2.6, 4.0, (-2.5, 2.5), "contradicted"),
        (1.0, 4.0, (-2.5, 2.5), "inconclusive"),
    ],
)
def test_part(low: float, high: float, limits: tuple[float, float], verdict: str) -> None:
    assert Part("x", Estimate((low + high) / 2, low, high), *limits).verdict == verdict


@pytest.mark.parametrize(
    ("verdicts", "verdict"),
    [
        (["reproduced", "reproduced"], "reproduced"),
        (["reproduced", "inconclusive"], "inconclusive"),
        (["reproduced", "inconclusive", "contradicted"], "contradicted"),
        ([], "not run at this scale"),
    ],
)
def test_statement_of_several_parts(verdicts: list[str], verdict: str) -> None:
    assert combine(verdicts) == verdict


def test_the_decisive_part_is_the_one_nearest_to_failing() -> None:
    strong = Part("strong", Estimate(10.0, 8.0, 12.0))
    weak = Part("weak", Estimate(-10.0, -20.0, -0.5), -math.inf, 0.0)
    unknown = Part("unknown", Estimate(1.0, NAN, NAN))
    assert decisive([strong, weak]) is weak
    assert decisive([strong, unknown, weak]) is unknown


def test_few_parts_are_listed_with_their_numbers() -> None:
    parts = [Part("a", Estimate(4.12, 2.0, 6.0)), Part("b", Estimate(67.0, 66.0, 68.0), 50.0, 75.0, unit="percent")]
    finding = conclude("id", "gain", parts, opening="Opening.", closing="Closing.")
    assert finding.explanation == "Opening. Measured: a: +4.1 points [2.0, 6.0]; b: 67.0 percent [66.0, 68.0]. Closing."
    assert finding.statistic == "gain; least favourable of 2: a"
    assert (finding.value, finding.low, finding.high, finding.verdict) == (4.12, 2.0, 6.0, "reproduced")


def test_small_numbers_have_more_decimals_and_ratios_no_unit() -> None:
    parts = [Part("a", Estimate(0.077, 0.032, 0.122)), Part("b", Estimate(0.025, -0.013, 0.064), unit="ratio")]
    text = conclude("id", "gain", parts, opening="").explanation
    assert text == "Measured: a: +0.08 points [0.03, 0.12]; b: 0.025 [\N{MINUS SIGN}0.013, 0.064]."


def test_of_many_parts_those_that_do_not_hold_are_listed() -> None:
    parts = [Part(f"p{i}", Estimate(5.0, 4.0, 6.0)) for i in range(7)]
    assert "The weakest: p0: +5.0 points [4.0, 6.0]." in conclude("id", "gain", parts, opening="").explanation
    parts[3] = Part("p3", Estimate(-5.0, -6.0, -4.0))
    parts[4] = Part("p4", Estimate(5.0, NAN, NAN))
    text = conclude("id", "gain", parts, opening="").explanation
    assert text == (
        "Of 7 comparisons 5 hold, 1 fails and 1 cannot be told. Failing: p3: \N{MINUS SIGN}5.0 points "
        "[\N{MINUS SIGN}6.0, \N{MINUS SIGN}4.0]. Open: p4: +5.0 points (one seed, no interval)."
    )


def test_without_parts_nothing_was_run() -> None:
    finding = conclude("id", "gain", [], opening="It takes students.")
    assert finding.verdict == "not run at this scale"
    assert finding.explanation == "It takes students."
    assert math.isnan(finding.value)


def test_an_open_part_within_delta_of_its_limit_is_equal() -> None:
    near = Part("gain", Estimate(0.1, -0.4, 0.6), unit="percent", delta=1.0)
    assert near.verdict == "equal within delta"
    assert replace(near, delta=0.5).verdict == "inconclusive"
    assert replace(near, estimate=Estimate(0.4, 0.2, 0.6)).verdict == "reproduced"
    assert replace(near, estimate=Estimate(-0.4, -0.6, -0.2)).verdict == "equal within delta"  # surely no loss of one
    assert replace(near, estimate=Estimate(-0.4, -1.1, -0.2)).verdict == "contradicted"
    assert not replace(near, estimate=Estimate(0.4)).alike
    below = Part("fall", Estimate(10.1, 9.7, 10.5), -math.inf, 10.0, delta=1.0)
    assert below.verdict == "equal within delta"
    surely = Part("gain", Estimate(3.0, 2.0, 4.0))
    assert combine([part.verdict for part in (near, surely)]) == "equal within delta"
    assert combine(["equal within delta", "inconclusive"]) == "inconclusive"


def test_a_premise_that_does_not_surely_hold_is_what_is_reported() -> None:
    parts = [Part("students", Estimate(3.0, 2.0, 4.0))]
    stronger = Part("stronger minus generator", Estimate(-2.2, -4.7, 0.2))
    found = conclude("x", "students", parts, premise=stronger)
    assert (found.verdict, found.value, found.low) == ("premise not met", -2.2, -4.7)
    assert "The claim supposes more than 0.0: stronger minus generator: \N{MINUS SIGN}2.2 points" in found.explanation
    seems = conclude("x", "students", parts, premise=Part("stronger", Estimate(2.2, -0.4, 4.8)))
    assert (seems.verdict, seems.statistic, seems.low) == ("inconclusive", "premise: stronger", -0.4)
    met = conclude("x", "students", parts, premise=Part("stronger", Estimate(2.0, 1.0, 3.0)))
    assert (met.verdict, met.value) == ("reproduced", 3.0)


def test_that_none_of_those_tried_does_it_leaves_open_whether_there_is_one() -> None:
    fails = [Part("best of two verifiers", Estimate(-9.0, -13.1, -4.8), -1.0)]
    assert conclude("x", "students", fails).verdict == "contradicted"
    found = conclude("x", "students", fails, some=True)
    assert (found.verdict, found.value, found.needed) == ("inconclusive", -9.0, "")
    assert found.explanation.endswith("That none of those tried here does it refutes nothing of others.")
    holds = conclude("x", "students", [Part("best", Estimate(1.0, 0.5, 1.5))], some=True)
    assert (holds.verdict, "none of those" in holds.explanation) == ("reproduced", False)
    unlike = conclude("x", "students", fails, some=True, premise=Part("premise", Estimate(-2.0, -3.0, -1.0)))
    assert unlike.verdict == "premise not met"


def test_what_would_decide_an_open_claim_is_told() -> None:
    sampled = from_variances(1.0, [Source(0.5, 2, "seeds", 3, 2), Source(0.01, 3999, ITEMS, 4000)])
    found = conclude("x", "gain", [Part("gain", sampled), Part("more", Estimate(2.0, 1.0, 3.0))])
    assert found.verdict == "inconclusive"
    told = r"^(\d+) seeds in place of 3 would just decide it if its value stayed \(gain\), for this comparison"
    (seeds,) = re.findall(told, found.needed)
    assert found.models == 2 * (int(seeds) - 3)
    for count, verdict in ((int(seeds), "reproduced"), (int(seeds) - 1, "inconclusive")):
        more = from_variances(1.0, [(0.5 * 3 / count, 2 * count / 3), (0.01, 3999)])
        assert Part("gain", more).verdict == verdict


def test_what_cannot_be_computed_or_decided_is_said() -> None:
    unknown = conclude("x", "gain", [Part("gain", Estimate(1.0, -1.0, 3.0))])
    assert unknown.needed == "4.0 times as much text or trials as now would just decide it if its value stayed (gain)."
    on_the_limit = conclude("x", "gain", [Part("gain", Estimate(0.01, -1.0, 1.02))])
    assert "More of the same would not decide it" in on_the_limit.needed
    delta = conclude("x", "gain", [Part("gain", Estimate(0.01, -1.0, 1.02), delta=0.9)])
    assert delta.needed.startswith("1.3 times")  # as equal
    assert conclude("x", "gain", [Part("gain", Estimate(1.0))]).needed.startswith("It takes replicates")
    assert conclude("x", "gain", [Part("gain", Estimate(2.0, 1.0, 3.0))]).needed == ""
