"""Every claim of claims.csv with its finding: the content of claims.parquet."""

from __future__ import annotations

import math
from collections.abc import Sequence

import pandas as pd

from uncollapse.claims.verdict import Finding
from uncollapse.errors import DataError

COLUMNS = ("id", "source", "statement", "expected", "statistic", "value", "low", "high", "verdict", "explanation")


def claims_table(claims: pd.DataFrame, findings: Sequence[Finding]) -> pd.DataFrame:
    """One row per claim in the order of ``claims`` (id, source, statement, quantity, expected, needs).

    Claims without a finding are "not run at this scale", with the quantity as statistic and what it would take as
    explanation. A finding on an unknown claim, and a second finding on one claim, are errors.
    """
    by_id: dict[str, Finding] = {}
    for finding in findings:
        if finding.id in by_id:
            raise DataError(f"two findings on claim {finding.id!r}")
        by_id[finding.id] = finding
    unknown = sorted(set(by_id) - set(claims["id"]))
    if unknown:
        raise DataError(f"findings on claims that claims.csv does not have: {unknown}")
    records = []
    for claim in claims.to_dict("records"):
        finding = by_id.get(claim["id"]) or Finding(
            claim["id"], claim["quantity"], math.nan, math.nan, math.nan, "not run at this scale",
            f"Not part of this run. It takes: {claim['needs']}.",
        )  # fmt: skip
        records.append(
            (
                *(claim[column] for column in ("id", "source", "statement", "expected")),
                finding.statistic, finding.value, finding.low, finding.high, finding.verdict, finding.explanation,
            )
        )  # fmt: skip
    return pd.DataFrame.from_records(records, columns=list(COLUMNS)).astype(
        dict.fromkeys(COLUMNS, "str") | dict.fromkeys(("value", "low", "high"), "float64")
    )
