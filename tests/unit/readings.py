"""The readings of claims in limits.csv, which checks must judge one and all."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from uncollapse.analysis.comparison import read_reported
from uncollapse.analysis.verdict import Finding

LIMITS = Path(__file__).parents[2] / "workflow" / "reported" / "limits.csv"


SHARED = {"zhu-D5-a"}  # judged by two groups of claims, each in a reading of its own


def unlike_limits(findings: Sequence[Finding]) -> dict[str, list[int]]:
    """The claims whose readings that are judged are not those of limits.csv: 0 for the last, 1 and on for others.

    Of claims in :data:`SHARED` a group of findings need not have all readings.
    """
    rows = read_reported(LIMITS)["id"].value_counts()
    found: dict[str, set[int]] = {}
    for finding in findings:
        found.setdefault(finding.id, set()).add(finding.reading)
    every = {claim: set(range(rows[claim])) for claim in found}
    enough = {claim: found[claim] == every[claim] for claim in found} | {
        claim: found[claim] <= every[claim] for claim in SHARED & found.keys()
    }
    return {claim: sorted(judged) for claim, judged in found.items() if not enough[claim]}
