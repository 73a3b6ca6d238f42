"""Claims beside their findings."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from uncollapse.analysis.claims_table import CHECK, COLUMNS, LIMITS, claims_table
from uncollapse.analysis.comparison import read_reported
from uncollapse.analysis.verdict import Finding

ROOT = Path(__file__).parents[3]
CLAIMS = pd.DataFrame(
    [
        ("x-1", "Paper", "It rises.", "slope", "positive", "two runs"),
        ("x-2", "Paper", "It falls.", "drop", "yes", "a GPU"),
    ],
    columns=["id", "source", "statement", "quantity", "expected", "needs"],
)
LIMITS_OF = pd.DataFrame(
    [
        ("x-1", "claim", "the slope as a whole", "above 0", 0, None, None, "slope", "abc", "2026-01-02", "no"),
        ("x-2", "claim", "any fall", "above 0", 0, None, None, "drop", "abc", "2026-01-02", "no"),
        ("x-2", "claim", "a fall of ten", "above 10", 10, None, None, "drop", "def", "2026-02-03", "yes"),
    ],
    columns=list(LIMITS),
)
FINDING = Finding("x-1", "slope at 2%", 1.5, 1.0, 2.0, "reproduced", "It rose by 1.5.")


def test_claims_keep_their_order_and_missing_findings_say_what_it_takes() -> None:
    table = claims_table(CLAIMS, [FINDING], LIMITS_OF)
    assert tuple(table.columns) == COLUMNS
    assert tuple(table.loc[0]) == (
        *("x-1", "Paper", "It rises.", "positive", "slope at 2%", 1.5, 1.0, 2.0, "reproduced", "It rose by 1.5.", ""),
        *("exploratory", "the slope as a whole", "above 0", "2026-01-02, commit abc, before results", ""),
    )
    assert table.loc[1, "verdict"] == "not run at this scale"
    assert table.loc[1, "explanation"] == "Not part of this run. It takes: a GPU."
    assert pd.isna(table.loc[1, "value"])


def test_a_claim_on_several_tasks_is_open_where_one_was_not_run() -> None:
    other = Finding(
        "x-1", "slope of words", math.nan, math.nan, math.nan, "not run at this scale", "Words: it takes two."
    )
    table = claims_table(CLAIMS, [FINDING, other], LIMITS_OF)
    assert table.loc[0, "verdict"] == "inconclusive"
    assert table.loc[0, "value"] == FINDING.value
    assert table.loc[0, "explanation"] == (
        "It is judged by 2 experiments, of which 1 ran; by that alone it is reproduced. It rose by 1.5. "
        "Words: it takes two."
    )
    false = replace(FINDING, verdict="contradicted")
    assert claims_table(CLAIMS, [false, other], LIMITS_OF).loc[0, "verdict"] == "contradicted"
    both = replace(other, verdict="contradicted", value=-1.0, low=-2.0, high=-0.5)
    table = claims_table(CLAIMS, [FINDING, both], LIMITS_OF)
    assert table.loc[0, "explanation"] == "It rose by 1.5. Words: it takes two."
    assert table.loc[0, "verdict"] == "contradicted"
    neither = claims_table(CLAIMS, [replace(FINDING, verdict="not run at this scale"), other], LIMITS_OF)
    assert neither.loc[0, "verdict"] == "not run at this scale"
    assert "experiments, of which" not in neither.loc[0, "explanation"]


def test_unknown_and_repeated_findings_are_errors() -> None:
    with pytest.raises(ValueError, match="two findings on claim 'x-1'"):
        claims_table(CLAIMS, [FINDING, FINDING], LIMITS_OF)
    with pytest.raises(ValueError, match="x-9"):
        claims_table(CLAIMS, [Finding("x-9", "s", 0.0, 0.0, 0.0, "reproduced", "e")], LIMITS_OF)


def test_every_claim_has_a_check() -> None:
    ids = pd.read_csv(ROOT / "workflow" / "reported" / "claims.csv")["id"]
    checks = "".join(path.read_text() for path in (ROOT / "src/uncollapse/products/claims").glob("*.py"))
    assert [claim for claim in ids if f'"{claim}"' not in checks] == []
    table = claims_table(CLAIMS, [], LIMITS_OF)
    assert table["explanation"].str.startswith("Not part of this run. It takes: ").all()


def test_a_claim_read_in_two_ways_shows_both_verdicts_and_the_last_is_its_own() -> None:
    first = Finding("x-2", "drop", 12.0, 11.0, 13.0, "contradicted", "It fell.", reading=1)
    last = replace(first, statistic="drop over ten", verdict="reproduced", value=2.0, low=1.0, high=3.0, reading=0)
    row = claims_table(CLAIMS, [first, last], LIMITS_OF).iloc[1]
    assert (row["verdict"], row["reading"], row["limit"]) == ("reproduced", "a fall of ten", "above 10")
    assert row["limit_set"] == "2026-02-03, commit def, results known"
    assert row["other_readings"] == (
        "Read as: any fall; above 0 (set 2026-01-02, commit abc, before results): contradicted, 12.00 [11.00, 13.00]."
    )
    not_run = replace(last, verdict="not run at this scale")
    assert claims_table(CLAIMS, [not_run], LIMITS_OF).iloc[1]["other_readings"].endswith("not judged here.")
    with pytest.raises(ValueError, match=r"'x-2' is judged, but not by reading 1 of"):
        claims_table(CLAIMS, [last], LIMITS_OF)
    part = claims_table(CLAIMS, [last], LIMITS_OF, whole=False).iloc[1]  # another experiment has the other reading
    assert part["verdict"] == "reproduced"
    assert part["other_readings"].endswith("before results): not judged here.")
    with pytest.raises(ValueError, match=r"readings \[2\] are judged"):
        claims_table(CLAIMS, [first, last, replace(first, reading=2)], LIMITS_OF)


def test_a_verdict_is_confirmatory_where_its_limit_is_not_younger_than_the_fresh_seeds() -> None:
    kinds = [
        claims_table(CLAIMS, [FINDING], LIMITS_OF, fresh_since=since)["kind"].to_list()
        for since in (None, "2026-01-01", "2026-01-02", "2026-12-31")
    ]
    assert kinds == [
        ["exploratory", "exploratory"],
        ["exploratory", "exploratory"],
        ["confirmatory", "exploratory"],
        ["confirmatory", "confirmatory"],
    ]
    checked = claims_table(CLAIMS, [], LIMITS_OF.assign(kind="check"), fresh_since="2026-12-31")
    assert set(checked["kind"]) == {CHECK}


def test_a_judged_claim_without_a_limit_is_an_error() -> None:
    with pytest.raises(ValueError, match="'x-1' is judged, but"):
        claims_table(CLAIMS, [FINDING], LIMITS_OF[LIMITS_OF["id"] != "x-1"])


def test_every_claim_with_an_experiment_has_a_limit_and_no_limit_is_of_another() -> None:
    claims = pd.read_csv(ROOT / "workflow" / "reported" / "claims.csv")["id"]
    limits = read_reported(ROOT / "workflow" / "reported" / "limits.csv")
    assert tuple(limits.columns) == LIMITS
    assert set(limits["id"]) == set(claims)
    assert set(limits["kind"]) == {"claim", "check"}
    assert set(limits["results_known"]) <= {"yes", "no", "not recorded"}
    assert limits["date"].str.fullmatch(r"\d{4}-\d\d-\d\d").all()
    assert not limits[["commit", "reading", "limit"]].isna().any().any()
