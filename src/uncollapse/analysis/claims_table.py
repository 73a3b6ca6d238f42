"""Every claim of claims.csv with its finding and its limit: the content of claims.parquet."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any

import pandas as pd

from uncollapse.analysis.formatting import interval
from uncollapse.analysis.verdict import NOT_RUN, Finding, combine, not_run
from uncollapse.errors import DataError

COLUMNS = (
    "id", "source", "statement", "expected", "statistic", "value", "low", "high", "verdict", "explanation", "needed",
    "kind", "reading", "limit", "limit_set", "other_readings",
)  # fmt: skip
LIMITS = ("id", "kind", "reading", "limit", "low", "high", "delta", "unit", "commit", "date", "results_known")
# kinds of verdicts: checks of the program follow from definitions, and say nothing about the world
CHECK, CONFIRMATORY, EXPLORATORY = "check of the program", "confirmatory", "exploratory"

NOT_JUDGED = "not judged here"  # what is told of another reading of a claim

_NUMBERS = ("value", "low", "high")


def claims_table(
    claims: pd.DataFrame,
    findings: Sequence[Finding],
    limits: pd.DataFrame,
    *,
    fresh_since: str | None = None,
    whole: bool = True,
) -> pd.DataFrame:
    """One row per claim in the order of ``claims`` (id, source, statement, quantity, expected, needs).

    Claims without a finding are "not run at this scale", with the quantity as statistic and what it would take as
    explanation. A claim on several experiments has a finding from each, see :func:`joined`. One that was read in
    several ways is judged by the last of its readings, and the verdicts by the others stand beside it.

    Parameters
    ----------
    limits : LIMITS, one row a reading, earlier ones first: what was judged, the limit, the commit and the day that set
        it, and whether results were known then.
    fresh_since : the day since which the run's sample seeds are fixed, where nothing was chosen on them. A verdict is
        confirmatory where its limit is not younger; exploratory otherwise, and where this is None.
    whole : whether the findings are those of all experiments. Of one alone, a claim on several lacks the readings that
        the others judge, which is told and no error.

    Raises
    ------
    DataError
        For a finding on an unknown claim, a second one on the same statistic of a claim, a reading without a limit, or
        a limit whose reading is not judged.
    """
    several: dict[str, dict[int, list[Finding]]] = {}
    for finding in findings:
        same = several.setdefault(finding.id, {}).setdefault(finding.reading, [])
        if finding.statistic in (other.statistic for other in same):
            raise DataError(f"two findings on claim {finding.id!r}")
        same.append(finding)
    unknown = sorted(set(several) - set(claims["id"]))
    if unknown:
        raise DataError(f"findings on claims that claims.csv does not have: {unknown}")
    readings = {claim: rows.to_dict("records") for claim, rows in limits.groupby("id", sort=False)}
    records = []
    for claim in claims.to_dict("records"):
        found = {reading: joined(some) for reading, some in several.get(claim["id"], {}).items()}
        needed = f"Not part of this run. It takes: {claim['needs']}."
        finding = found.pop(0, None) or not_run(claim["id"], claim["quantity"], needed)
        records.append(
            claim | asdict(finding) | _limit(readings.get(claim["id"], []), finding, found, fresh_since, whole)
        )
    return pd.DataFrame.from_records(records, columns=list(COLUMNS)).astype(
        dict.fromkeys(COLUMNS, "str") | dict.fromkeys(_NUMBERS, "float64")
    )


def findings_of(rows: Iterable[Mapping[str, Any]]) -> list[Finding]:
    """Findings from the rows of their files, where what was not measured is null."""
    return [
        Finding(**{name: math.nan if value is None and name in _NUMBERS else value for name, value in row.items()})
        for row in rows
    ]


def _limit(
    readings: list[dict[str, Any]],
    finding: Finding,
    others: Mapping[int, Finding],
    fresh_since: str | None,
    whole: bool,
) -> dict[str, str]:
    """The columns about a claim's limit, and the verdicts by its other readings."""
    if not readings:
        if finding.verdict != NOT_RUN:
            raise DataError(f"claim {finding.id!r} is judged, but workflow/reported/limits.csv has no limit; add a row")
        return {"kind": "", "reading": "", "limit": "", "limit_set": "", "other_readings": ""}
    if extra := sorted(reading for reading in others if reading >= len(readings)):
        raise DataError(
            f"claim {finding.id!r}: readings {extra} are judged, but limits.csv has {len(readings)} rows of it"
        )
    last = readings[-1]
    told = []
    for number, row in enumerate(readings[:-1], start=1):
        other = others.get(number)
        if other is None and finding.verdict != NOT_RUN and whole:
            raise DataError(
                f"claim {finding.id!r} is judged, but not by reading {number} of workflow/reported/limits.csv; its "
                f"check must have a finding with reading={number}"
            )
        verdict = f"{other.verdict}, {interval(other.value, other.low, other.high, 2)}" if other else NOT_JUDGED
        told.append(f"Read as: {row['reading']}; {row['limit']} (set {_set(row)}): {verdict}.")
    if last["kind"] == "check":
        kind = CHECK
    else:
        confirms = fresh_since is not None and str(last["date"]) <= fresh_since
        kind = CONFIRMATORY if confirms else EXPLORATORY
    return {
        "kind": kind,
        "reading": last["reading"],
        "limit": last["limit"],
        "limit_set": _set(last),
        "other_readings": " ".join(told),
    }


def _set(row: Mapping[str, Any]) -> str:
    known = {"yes": "results known", "no": "before results"}.get(
        row["results_known"], "whether before results: not kept"
    )
    return f"{row['date']}, commit {row['commit']}, {known}"


def joined(findings: Sequence[Finding]) -> Finding:
    """One finding on a claim that several experiments speak to: it holds where it holds in all of them.

    An experiment that was not run leaves open what the others support. Number and interval are those of the first
    experiment on which the verdict hangs; all are explained, beginning with whether some were left out.
    """
    run = [finding for finding in findings if finding.verdict != NOT_RUN] or list(findings)
    verdict = combine([finding.verdict for finding in run])
    first = next(finding for finding in run if finding.verdict == verdict)
    told = []
    if len(run) < len(findings):
        told = [f"It is judged by {len(findings)} experiments, of which {len(run)} ran; by that alone it is {verdict}."]
        verdict = "inconclusive" if verdict in ("reproduced", "equal within delta") else verdict
    explanation = " ".join([*told, *(finding.explanation for finding in findings)])
    needed = " ".join(filter(None, (finding.needed for finding in run)))
    return replace(first, verdict=verdict, explanation=explanation, needed=needed)
