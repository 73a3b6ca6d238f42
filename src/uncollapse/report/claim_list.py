"""The papers' claims with the verdicts on them, of the run and of other scales that are kept beside it.

One of a claim's verdicts carries the weight, and which does is a matter of design, not of what came out: a confirmatory
one before an exploratory one, as its limit is of the day of its samples' seeds or earlier, and nothing was chosen on
these;
then the one whose scale has the most replicates in the tables that show the claim; then the one with more settings
there; then the run's own, and of kept scales the first. The others stand beside it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from uncollapse.analysis.claims_table import CHECK, CONFIRMATORY
from uncollapse.analysis.verdict import NOT_RUN, PREMISE_NOT_MET, VERDICTS
from uncollapse.report.report_tables import records

Size = tuple[int, int]  # replicates, and settings that have any


@dataclass(frozen=True, kw_only=True)
class ScaleClaims:
    """Claims that another scale judged, as in claims_by_scale.parquet; ``where``: scale, machine, commit and date."""

    scale: str
    where: str
    claims: pd.DataFrame


def claim_list(
    own: pd.DataFrame,
    scale: str,
    elsewhere: Sequence[ScaleClaims],
    sizes: Mapping[tuple[str, str], Size] | None = None,
) -> list[dict[str, Any]]:
    """Every claim of the run, with ``verdicts``: its own first, then those of other scales that judged it.

    A verdict is a row of its scale with ``scale``, ``where`` (empty for the run's own), ``carries`` (whether it carries
    the weight beside others), ``lesser`` (whether another does) and ``earlier`` (whether it is by a reading of the
    claim that has been replaced since). ``sizes``: of the design behind a verdict, by claim and scale.
    """
    others = [
        (known, {row["id"]: row for row in records(known.claims) if row["verdict"] != NOT_RUN}) for known in elsewhere
    ]
    claims = []
    for claim in records(own):
        verdicts = [claim | {"scale": scale, "where": ""}]
        for known, rows in others:
            if (row := rows.get(claim["id"])) is not None:
                verdicts.append(row | {"scale": known.scale, "where": known.where})
        weights = [_weight(verdict, (sizes or {}).get((claim["id"], verdict["scale"]), (0, 0))) for verdict in verdicts]
        first = weights.index(max(weights))  # of equal ones the first
        for place, verdict in enumerate(verdicts):
            verdict["carries"] = len(verdicts) > 1 and place == first
            verdict["lesser"] = len(verdicts) > 1 and place != first
            verdict["earlier"] = verdict["verdict"] != NOT_RUN and verdict["reading"] != claim["reading"]
        claims.append(claim | {"verdicts": verdicts})
    return claims


def _weight(verdict: Mapping[str, Any], size: Size) -> tuple[Any, ...]:
    """The order of verdicts on one claim: the largest carries the weight."""
    judged = verdict["verdict"] != NOT_RUN
    return judged, judged and verdict["kind"] == CONFIRMATORY, *size


def is_checked(claim: Mapping[str, Any]) -> bool:
    """Whether the run or another scale judged a claim."""
    return any(verdict["verdict"] != NOT_RUN for verdict in claim["verdicts"])


def holds(claim: Mapping[str, Any]) -> bool:
    """Whether a claim is reproduced wherever it was judged."""
    return all(verdict["verdict"] in ("reproduced", NOT_RUN) for verdict in claim["verdicts"])


def headline(claims: pd.DataFrame) -> str:
    """The verdicts in one sentence.

    "Of 9 claims checked, 6 are reproduced, 1 is contradicted and 2 are inconclusive; 84 more need another scale."
    """
    claims = claims[claims["kind"] != CHECK]
    counts = counted(claims)
    waiting = counts[NOT_RUN]
    checked = len(claims) - waiting
    more = f"{waiting} more {'was' if waiting == 1 else 'were'} {NOT_RUN}" if waiting else ""
    if checked == 0:
        return f"No claim was checked; {more}." if more else "No claim was checked."
    start = f"Of {checked} claims checked" if checked > 1 else "Of one claim checked"
    return f"{start}, {_listed(counts)}{'; ' + more if more else ''}."


def headline_elsewhere(known: ScaleClaims) -> str:
    """The verdicts of another scale in one sentence, and how many of them are confirmatory.

    "At the evidence scale (two CPU cores), commit 0123456, 2026-11-29: of 9 claims checked, 6 are reproduced and 3 are
    inconclusive; 8 of these verdicts are confirmatory."
    """
    claims = known.claims[(known.claims["kind"] != CHECK) & (known.claims["verdict"] != NOT_RUN)]
    if not len(claims):
        return f"At the {known.where}: no claim was checked."
    start = f"of {len(claims)} claims checked" if len(claims) > 1 else "of one claim checked"
    confirmed = int((claims["kind"] == CONFIRMATORY).sum())
    those = f"{confirmed or 'none'} of these verdicts {'is' if confirmed < 2 else 'are'} confirmatory"
    return f"At the {known.where}: {start}, {_listed(counted(claims))}; {those}."


def counted(claims: pd.DataFrame) -> dict[str, int]:
    """How many claims have each verdict.

    Raises
    ------
    ValueError
        For a verdict that there is not.
    """
    unknown = sorted(set(claims["verdict"]) - set(VERDICTS))
    if unknown:
        raise ValueError(f"claims with verdicts {unknown}, expected {list(VERDICTS)}")
    return {verdict: int((claims["verdict"] == verdict).sum()) for verdict in VERDICTS}


def _verbs(verdict: str) -> tuple[str, str]:
    """Words behind the number of claims that have a verdict: of one, and of several."""
    if verdict == PREMISE_NOT_MET:
        return "supposes what the run does not have", "suppose what the run does not have"
    return f"is {verdict}", f"are {verdict}"


def _listed(counts: Mapping[str, int]) -> str:
    parts = [
        f"{counts[verdict]} {_verbs(verdict)[counts[verdict] != 1]}"
        for verdict in VERDICTS
        if counts[verdict] and verdict != NOT_RUN
    ]
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"
