"""Measurements of a run and of each kept scale, for sentences that answer the page's questions.

A sentence takes all its numbers from one scale, the first that has them: the one whose verdict carries the weight of
the sentence's claim, then kept scales with confirmatory verdicts before a run whose verdicts are exploratory.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from uncollapse.analysis.claims_table import CONFIRMATORY
from uncollapse.analysis.formatting import measured
from uncollapse.analysis.verdict import NOT_RUN
from uncollapse.report.claim_list import ScaleClaims
from uncollapse.report.comparisons import part_shown, unit_shown
from uncollapse.report.report_tables import records


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """Tables by name (as :func:`uncollapse.analysis.comparison.compare` makes them) and claims of one scale.

    ``carried``: ids of the claims whose weight this scale's verdict carries.
    """

    scale: str
    tables: Mapping[str, pd.DataFrame]
    claims: Mapping[str, Mapping[str, Any]]
    carried: frozenset[str] = frozenset()

    def cell(self, table: str, /, **keys: Any) -> str | None:
        """Mean and interval in the row of a table that has these keys, as text; None where it was not measured.

        Raises
        ------
        ValueError
            Where several rows have them.
        """
        row = self._row(table, keys)
        return None if row is None else measured(row["ours_mean"], row["ours_low"], row["ours_high"])

    def _row(self, table: str, keys: Mapping[str, Any]) -> dict[str, Any] | None:
        frame = self.tables.get(table)
        if frame is None:
            return None
        for key, value in keys.items():
            frame = frame[frame[key] == value]
        if len(frame) > 1:
            raise ValueError(f"{table}: {len(frame)} rows have {dict(keys)}")
        found = records(frame)
        return found[0] if found and found[0]["seeds"] and found[0]["ours_mean"] is not None else None

    def keys(self, table: str, key: str, /, **others: Any) -> list[Any]:
        """Values of a key that were measured, in rising order."""
        frame = self.tables.get(table)
        if frame is None:
            return []
        for name, value in others.items():
            frame = frame[frame[name] == value]
        return sorted(frame.loc[(frame["seeds"] > 0) & frame["ours_mean"].notna(), key].dropna().unique())

    def verdict(self, claim: str) -> str:
        """The verdict on a claim; not run where the scale has none."""
        return str(self.claims.get(claim, {}).get("verdict", NOT_RUN))

    def number(self, claim: str) -> str | None:
        """Value and interval of a claim as text; None where there is no value."""
        found = self.claims.get(claim, {})
        if found.get("verdict", NOT_RUN) == NOT_RUN or found.get("value") is None:
            return None
        return measured(found["value"], found["low"], found["high"])

    def part(self, claim: str) -> str:
        """The comparison that a claim's number is of, where it has several; else nothing."""
        return part_shown(self.claims[claim])[1] if claim in self.claims else ""

    def unit(self, claim: str) -> str:
        """The unit of a claim's number, as far as its words tell it."""
        return unit_shown(self.claims[claim], "") if claim in self.claims else ""


def gather(
    scale: str,
    tables: Mapping[str, Mapping[str, pd.DataFrame]],
    claims: pd.DataFrame,
    elsewhere: Sequence[ScaleClaims],
    carriers: Mapping[str, str] | None = None,
) -> list[Evidence]:
    """The evidence of every scale, those with confirmatory verdicts first.

    ``tables``: of each scale, by name. ``carriers``: the scale whose verdict carries the weight, by claim.
    """
    every = [(scale, claims), *((known.scale, known.claims) for known in elsewhere)]
    found = [
        Evidence(
            scale=name,
            tables=tables.get(name, {}),
            claims={row["id"]: row for row in records(rows)},
            carried=frozenset(claim for claim, by in (carriers or {}).items() if by == name),
        )
        for name, rows in every
    ]
    return sorted(found, key=lambda evidence: not _confirms(evidence))


def _confirms(evidence: Evidence) -> bool:
    return any(row["kind"] == CONFIRMATORY and row["verdict"] != NOT_RUN for row in evidence.claims.values())
