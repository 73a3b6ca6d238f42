"""The readings of claims in limits.csv, which checks must judge one and all."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from uncollapse.analysis.comparison import read_reported
from uncollapse.analysis.verdict import Finding

LIMITS = Path(__file__).parents[2] / "workflow" / "reported" / "limits.csv"


def unlike_limits(findings: Sequence[Finding]) -> dict[str, list[int]]:
    """The claims whose readings that are judged are not those of limits.csv: 0 for the last, 1 and on for others."""
    rows = read_reported(LIMITS)["id"].value_counts()
    found: dict[str, set[int]] = {}
    for finding in findings:
        found.setdefault(finding.id, set()).add(finding.reading)
    return {claim: sorted(judged) for claim, judged in found.items() if judged != set(range(rows[claim]))}
