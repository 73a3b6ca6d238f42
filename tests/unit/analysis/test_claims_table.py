"""Claims beside their findings."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from uncollapse.analysis.claims_table import COLUMNS, NO_EXPERIMENT, claims_table
from uncollapse.analysis.verdict import Finding

ROOT = Path(__file__).parents[3]
CLAIMS = pd.DataFrame(
    [
        ("x-1", "Paper", "It rises.", "slope", "positive", "two runs"),
        ("x-2", "Paper", "It falls.", "drop", "yes", "a GPU"),
    ],
    columns=["id", "source", "statement", "quantity", "expected", "needs"],
)
FINDING = Finding("x-1", "slope at 2%", 1.5, 1.0, 2.0, "reproduced", "It rose by 1.5.")


def test_claims_keep_their_order_and_missing_findings_say_what_it_takes() -> None:
    table = claims_table(CLAIMS, [FINDING])
    assert tuple(table.columns) == COLUMNS
    assert tuple(table.loc[0]) == (
        *("x-1", "Paper", "It rises.", "positive", "slope at 2%", 1.5, 1.0, 2.0, "reproduced", "It rose by 1.5."),
    )
    assert table.loc[1, "verdict"] == "not run at this scale"
    assert table.loc[1, "explanation"] == "Not part of this run. It takes: a GPU."
    assert pd.isna(table.loc[1, "value"])


def test_a_claim_on_several_tasks_is_open_where_one_was_not_run() -> None:
    other = Finding(
        "x-1", "slope of words", math.nan, math.nan, math.nan, "not run at this scale", "Words: it takes two."
    )
    table = claims_table(CLAIMS, [FINDING, other])
    assert table.loc[0, "verdict"] == "inconclusive"
    assert table.loc[0, "value"] == FINDING.value
    assert table.loc[0, "explanation"] == (
        "It is judged by 2 experiments, of which 1 ran; by that alone it is reproduced. It rose by 1.5. "
        "Words: it takes two."
    )
    false = replace(FINDING, verdict="contradicted")
    assert claims_table(CLAIMS, [false, other]).loc[0, "verdict"] == "contradicted"
    both = replace(other, verdict="contradicted", value=-1.0, low=-2.0, high=-0.5)
    table = claims_table(CLAIMS, [FINDING, both])
    assert table.loc[0, "explanation"] == "It rose by 1.5. Words: it takes two."
    assert table.loc[0, "verdict"] == "contradicted"
    neither = claims_table(CLAIMS, [replace(FINDING, verdict="not run at this scale"), other])
    assert neither.loc[0, "verdict"] == "not run at this scale"
    assert "experiments, of which" not in neither.loc[0, "explanation"]


def test_unknown_and_repeated_findings_are_errors() -> None:
    with pytest.raises(ValueError, match="two findings on claim 'x-1'"):
        claims_table(CLAIMS, [FINDING, FINDING])
    with pytest.raises(ValueError, match="x-9"):
        claims_table(CLAIMS, [Finding("x-9", "s", 0.0, 0.0, 0.0, "reproduced", "e")])


def test_claims_without_an_experiment_are_those_that_no_check_names() -> None:
    ids = pd.read_csv(ROOT / "workflow" / "reported" / "claims.csv")["id"]
    checks = "".join(path.read_text() for path in (ROOT / "src/uncollapse/products/claims").glob("*.py"))
    unchecked = {claim for claim in ids if f'"{claim}"' not in checks}
    assert {claim for claim in ids if claim.startswith(NO_EXPERIMENT)} == unchecked
    table = claims_table(CLAIMS.assign(id=["lee-x", "x-2"]), [])
    assert table["explanation"].str.partition(" It takes")[0].tolist() == [
        "No scale has this experiment yet.",
        "Not part of this run.",
    ]
