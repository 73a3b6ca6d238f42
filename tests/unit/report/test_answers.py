"""The answers on the first screen: their numbers are those of the frames, their words those of the verdicts."""

import re
from collections.abc import Mapping

import pandas as pd
import pytest

from uncollapse.analysis.claims_table import COLUMNS
from uncollapse.analysis.comparison import MEASURES
from uncollapse.analysis.mixture_scores import AVERAGE
from uncollapse.products.tables import feng2024_table2, zhu2024_table1
from uncollapse.report.answers import NOTHING, Answer, answers
from uncollapse.report.claim_list import ScaleClaims
from uncollapse.report.evidence import gather

NONE: dict[str, tuple[str, float, float, float, str]] = {}


def claims(found: Mapping[str, tuple[str, float, float, float, str]], kind: str = "exploratory") -> pd.DataFrame:
    """Claims by id: verdict, value, low, high, statistic."""
    rows = []
    for name, (verdict, value, low, high, statistic) in found.items():
        row = dict.fromkeys(COLUMNS, "") | {"id": name, "statement": f"Statement {name}.", "kind": kind}
        rows.append(row | {"verdict": verdict, "value": value, "low": low, "high": high, "statistic": statistic})
    return pd.DataFrame(rows, columns=list(COLUMNS)).astype({"value": float, "low": float, "high": float})


def table2(none: float, generator: float, best: float) -> pd.DataFrame:
    keys = [*feng2024_table2.TABLE.keys, *MEASURES]
    rows = [
        ("none", 1, None, "no", 2.0, none, none - 5, none + 5, none, 5, 60.5),
        ("none", 1, None, "no", 1.0, 1.0, 0.5, 1.5, 1.0, 5, 14.5),
        ("generator_itself", 1, None, "yes", 2.0, generator, generator - 4, generator + 4, generator, 5, 66.9),
        ("label_selection", 25, None, "no", 2.0, best, best - 3, best + 3, best, 5, 79.9),
        ("label_selection", 50, None, "no", 2.0, None, None, None, None, 0, 84.0),
        ("data_selection", 1, 2.0, "no", 2.0, 48.0, 45.0, 51.0, 50.0, 5, 72.1),
    ]
    return pd.DataFrame(rows, columns=keys)


def table1(**shares: float) -> pd.DataFrame:
    rows = [(float(share[1:]), AVERAGE, value, value - 1, value + 1, value, 3, None) for share, value in shares.items()]
    return pd.DataFrame(rows, columns=[*zhu2024_table1.TABLE.keys, *MEASURES])


def told(own: pd.DataFrame, tables: dict[str, pd.DataFrame], elsewhere: tuple[ScaleClaims, ...] = ()) -> list[Answer]:
    return list(answers(gather("default", {"default": tables}, own, elsewhere), own))


@pytest.mark.parametrize(
    ("verdict", "lead"),
    [
        ("reproduced", "Not by itself"),
        ("contradicted", "Here it does no harm"),
        ("inconclusive", "This cannot be told here"),
    ],
)
def test_the_first_answer_takes_its_word_from_the_verdict_and_its_numbers_from_the_table(
    verdict: str, lead: str
) -> None:
    own = claims({"feng-T2-a": (verdict, -7.4, -9.4, -5.5, "")})
    first = told(own, {"feng2024_table2": table2(39.57, 46.99, 72.39)})[0]
    assert first.text == (
        f"{lead}: students of all that a generator wrote solve 39.6 [34.6, 44.6] percent of the test matrices, the "
        "generator itself 47.0 [43.0, 51.0]."
    )
    assert (first.claims, first.scale) == (("feng-T2-a",), "default")


def test_every_number_of_an_answer_is_one_of_the_frames() -> None:
    own = claims(
        {
            "feng-T2-a": ("reproduced", -7.4, -9.4, -5.5, ""),
            "feng-T2-b": ("reproduced", 1.2, 0.7, 1.7, ""),
            "zhu-T1-a": ("reproduced", 0.1, 0.05, 0.2, ""),
            "fengv2-F4-a": ("contradicted", -10.72, -12.26, -9.18, "rank; least favourable of 13: filter minus all"),
        }
    )
    tables = {"feng2024_table2": table2(39.57, 46.99, 72.39), "zhu2024_table1": table1(_0=21.37, _50=23.9, _100=49.3)}
    found = [answer.text for answer in told(own, tables)]
    numbers = [re.findall(r"\d+\.\d+", text) for text in found]
    assert numbers[0] == ["39.6", "34.6", "44.6", "47.0", "43.0", "51.0"]
    assert numbers[1] == ["21.4", "20.4", "22.4", "49.3", "48.3", "50.3"]
    assert "with 0% of it" in found[1]
    assert "with 100%" in found[1]
    assert numbers[2] == ["72.4", "69.4", "75.4", "39.6", "34.6", "44.6"]
    assert "best of 25 candidates" in found[2]  # 50 was not run
    assert numbers[3] == ["10.7", "12.3", "9.2"]
    assert found[3].startswith("Not always")
    assert "filter minus all" in found[3]


def test_a_run_that_measures_nothing_says_so() -> None:
    own = claims({"feng-T2-a": ("not run at this scale", float("nan"), float("nan"), float("nan"), "")})
    *asked, last = told(own, {})
    assert {answer.text for answer in asked} == {NOTHING}
    assert last.text.startswith("Of 1 claim of the papers 1 was not run and 0 stay open")


def test_a_confirmatory_scale_comes_before_the_run() -> None:
    own = claims({"feng-T2-a": ("inconclusive", -1.0, -3.0, 1.0, "")})
    there = claims({"feng-T2-a": ("reproduced", -7.4, -9.4, -5.5, "")}, kind="confirmatory")
    tables = {"default": {"feng2024_table2": table2(1, 2, 3)}, "evidence": {"feng2024_table2": table2(40, 50, 70)}}
    elsewhere = (ScaleClaims(scale="evidence", where="evidence scale", claims=there),)
    first, *_ = answers(gather("default", tables, own, elsewhere), own)
    assert first.scale == "evidence"
    assert "40.0 [35.0, 45.0]" in first.text
    first, *_ = answers(gather("default", tables, own, ()), own)
    assert first.scale == "default"
    assert first.text.startswith("This cannot be told here")


def test_what_is_decided_comes_before_what_stays_open() -> None:
    """A run's own table with an open verdict does not stand before another scale's decided claim."""
    part = "least favourable of 2: 2% filter, generators of 71.2%"
    own = claims({"zhu-T1-a": ("inconclusive", 0.1, -0.1, 0.2, "")})
    there = claims({"feng-T2-c": ("contradicted", -15.5, -20.3, -10.7, part)}, kind="exploratory")
    elsewhere = (ScaleClaims(scale="evidence", where="evidence scale", claims=there),)
    second = told(own, {"zhu2024_table1": table1(_0=21.37, _100=49.3)}, elsewhere)[1]
    assert "−15.5 [−20.3, −10.7] points" in second.text
    assert second.scale == "evidence"


def test_an_open_claim_stands_with_its_number() -> None:
    own = claims({"feng-T2-a": ("inconclusive", -1.0, -3.0, 1.0, ""), "x": ("reproduced", 1.0, 0.5, 1.5, "")})
    last = told(own, {})[-1]
    assert "Of 2 claims of the papers 0 were not run and 1 stays open" in last.text
    assert "Statement feng-T2-a (−1.0 [−3.0, 1.0])" in last.text


def test_what_is_named_as_open_is_open_wherever_it_counts_and_has_a_number_of_its_own() -> None:
    own = claims(
        {
            "feng-T4-d": ("inconclusive", 16.3, -25.9, 58.5, "premise: C minus the generator, before fine-tuning"),
            "zhu-T1-a": ("inconclusive", 1.6, -3.0, 6.5, "rise"),
            "feng-F4-a": ("inconclusive", -2.1, -5.3, 1.2, "students"),
        }
    )
    there = claims({"zhu-T1-a": ("reproduced", 4.4, 3.5, 5.3, "rise")}, kind="confirmatory")
    elsewhere = (ScaleClaims(scale="evidence", where="evidence scale", claims=there),)
    carried = answers(gather("default", {}, own, elsewhere, {"zhu-T1-a": "evidence"}), own)[-1].text
    assert carried.endswith("one that is open: Statement feng-F4-a (\N{MINUS SIGN}2.1 [\N{MINUS SIGN}5.3, 1.2]).")
    assert "Statement zhu-T1-a (1.6" in answers(gather("default", {}, own, ()), own)[-1].text
