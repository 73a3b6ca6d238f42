"""Every claim of claims.csv with its finding: the content of claims.parquet."""

from collections.abc import Sequence
from dataclasses import asdict, replace

import pandas as pd

from uncollapse.analysis.verdict import Finding, combine, not_run
from uncollapse.errors import DataError

COLUMNS = ("id", "source", "statement", "expected", "statistic", "value", "low", "high", "verdict", "explanation")


# claims, or beginnings of their ids, on experiments that the project does not have yet
NO_EXPERIMENT = ("lee-", "gerst-d")


def claims_table(claims: pd.DataFrame, findings: Sequence[Finding]) -> pd.DataFrame:
    """One row per claim in the order of ``claims`` (id, source, statement, quantity, expected, needs).

    Claims without a finding are "not run at this scale", with the quantity as statistic and what it would take as
    explanation. A claim on several experiments has a finding from each, see :func:`joined`. A finding on an unknown
    claim, and a second one on the same statistic of a claim, are errors.
    """
    several: dict[str, list[Finding]] = {}
    for finding in findings:
        if finding.statistic in (other.statistic for other in several.get(finding.id, [])):
            raise DataError(f"two findings on claim {finding.id!r}")
        several.setdefault(finding.id, []).append(finding)
    by_id = {claim: joined(found) for claim, found in several.items()}
    unknown = sorted(set(by_id) - set(claims["id"]))
    if unknown:
        raise DataError(f"findings on claims that claims.csv does not have: {unknown}")
    records = []
    for claim in claims.to_dict("records"):
        yet = claim["id"].startswith(NO_EXPERIMENT)
        why_not = "No scale has this experiment yet." if yet else "Not part of this run."
        needed = f"{why_not} It takes: {claim['needs']}."
        finding = by_id.get(claim["id"]) or not_run(claim["id"], claim["quantity"], needed)
        records.append(claim | asdict(finding))
    return pd.DataFrame.from_records(records, columns=list(COLUMNS)).astype(
        dict.fromkeys(COLUMNS, "str") | dict.fromkeys(("value", "low", "high"), "float64")
    )


def joined(findings: Sequence[Finding]) -> Finding:
    """One finding on a claim that several experiments speak to: it holds where it holds in all of them.

    An experiment that was not run leaves open what the others support. Number and interval are those of the first
    experiment on which the verdict hangs; all are explained, beginning with whether some were left out.
    """
    run = [finding for finding in findings if finding.verdict != "not run at this scale"] or list(findings)
    verdict = combine([finding.verdict for finding in run])
    first = next(finding for finding in run if finding.verdict == verdict)
    told = []
    if len(run) < len(findings):
        told = [f"It is judged by {len(findings)} experiments, of which {len(run)} ran; by that alone it is {verdict}."]
        verdict = "inconclusive" if verdict == "reproduced" else verdict
    explanation = " ".join([*told, *(finding.explanation for finding in findings)])
    return replace(first, verdict=verdict, explanation=explanation)
