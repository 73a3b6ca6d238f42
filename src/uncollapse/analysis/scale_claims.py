"""The verdicts of other scales that are kept in the checkout, beside those of a run."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa

from uncollapse.analysis.claims_table import COLUMNS, NOT_JUDGED, joined
from uncollapse.analysis.verdict import NOT_RUN, Finding
from uncollapse.artifacts.measured_parts import MeasuredPart
from uncollapse.artifacts.typed_csv import csv_as_table, table_as_csv
from uncollapse.errors import DataError
from uncollapse.statistics.counted import in_singular

NUMBERS = ("value", "low", "high")
CLAIMS = pa.schema([(name, pa.float64() if name in NUMBERS else pa.string()) for name in COLUMNS])
WHERE = ("scale", "commit", "date", "machine")  # of a verdict; all but the scale are empty for the run's own
SCALE_COLUMNS = (*WHERE, *COLUMNS)
_SENTENCES = ("statistic", "explanation", "needed")
_OF_FINDING = ("id", "statistic", *NUMBERS, "verdict", "explanation")


def claims_as_csv(claims: pd.DataFrame) -> bytes:
    """Rows of a claims table as they are kept."""
    return table_as_csv(pa.Table.from_pandas(claims[list(COLUMNS)], schema=CLAIMS, preserve_index=False))


def kept_claims(path: Path) -> pd.DataFrame:
    """The rows of a kept claims.csv, the words behind a one in the singular.

    Raises
    ------
    DataError
        Naming the file, where it does not hold them.
    """
    try:
        claims = csv_as_table(path.read_bytes(), CLAIMS).to_pandas()
    except DataError as error:
        raise DataError(f"{path}: {error}; keep the part anew with scripts/keep_measured.py") from error
    return claims.assign(**{name: claims[name].map(in_singular, na_action="ignore") for name in _SENTENCES})


def beside(own: pd.DataFrame, *, scale: str, parts: Sequence[MeasuredPart]) -> pd.DataFrame:
    """SCALE_COLUMNS: the run's own claims (COLUMNS), then for each other scale those that its kept parts judge.

    A claim that several parts of a scale speak to has one row, as in a run that has their experiments.
    """
    frames = [own.assign(scale=scale, commit="", date="", machine="")]
    found: dict[str, list[tuple[Mapping[str, Any], pd.DataFrame]]] = {}
    for part in parts:
        about = part.about()
        found.setdefault(about["scale"], []).append((about, kept_claims(part.claims_file)))
    for known in found.values():
        rows = [(about, row) for about, claims in known for row in claims.to_dict("records")]
        frames.append(pd.DataFrame(list(_one_each(rows)), columns=list(SCALE_COLUMNS)))
    types = {name: "float64" if name in NUMBERS else "str" for name in SCALE_COLUMNS}
    return pd.concat([frame.astype(types) for frame in frames if len(frame)], ignore_index=True)[list(SCALE_COLUMNS)]


def _one_each(rows: Sequence[tuple[Mapping[str, Any], dict[str, Any]]]) -> Iterator[dict[str, Any]]:
    """One row a claim, in the order of the first of each."""
    by_claim: dict[str, list[tuple[Mapping[str, Any], dict[str, Any]]]] = {}
    for about, row in rows:
        by_claim.setdefault(row["id"], []).append((about, row))
    for found in by_claim.values():
        several = [(about, row) for about, row in found if not _only_otherwise(row)] or found
        findings = [
            Finding(**{name: row[name] for name in _OF_FINDING}, needed=row["needed"] or "") for _, row in several
        ]
        finding = joined(findings)
        about, row = several[[each.statistic for each in findings].index(finding.statistic)]
        told = {name: getattr(finding, name) for name in (*_OF_FINDING, "needed")}
        others = other_readings([row["other_readings"] for _, row in found])
        yield {name: about[name] for name in WHERE} | row | told | {"other_readings": others}


def _only_otherwise(row: Mapping[str, Any]) -> bool:
    """Whether a part judges a claim by another reading alone."""
    return row["verdict"] == NOT_RUN and any(map(_is_judged, _readings(row["other_readings"])))


def other_readings(told: Iterable[str | None]) -> str:
    """Words of parts on a claim's other readings, once each, and as judged where any part judges it.

    >>> other_readings(["Read as: a; 1 (set x): not judged here.", "Read as: a; 1 (set x): reproduced, 2 [1, 3]."])
    'Read as: a; 1 (set x): reproduced, 2 [1, 3].'
    """
    known: dict[str, str] = {}
    for one in (one for text in told for one in _readings(text)):
        reading = one.rpartition("): ")[0]
        if _is_judged(one) or reading not in known:
            known[reading] = one
    return " ".join(known.values())


def _readings(told: str | None) -> list[str]:
    return re.split(r"(?<=\.) (?=Read as: )", told) if told else []


def _is_judged(reading: str) -> bool:
    return not reading.endswith(f"{NOT_JUDGED}.")
