"""Ids of the candidates of a table, so that a line can say which of them it is about."""

from collections.abc import Collection, Mapping
from pathlib import Path

import pyarrow.parquet as pq

from uncollapse.candidate_tables.pool import rows_of
from uncollapse.candidate_tables.roles import Roles, known_columns
from uncollapse.corpora.row_ids import id_words, row_id
from uncollapse.corpora.tables import told_columns
from uncollapse.errors import DataError
from uncollapse.jobs.parts import Parts
from uncollapse.verification.judging import judged_parts

SAMPLE = "sample"


def ids_of(path: Path, *, column: str | None, prompt_id: str | None) -> Roles | None:
    """Columns that tell candidates apart: the one that is named, else id, else the prompt's with sample, else none.

    Raises
    ------
    DataError
        For a column that is named and not there, with those that are.
    """
    names = known_columns(path)
    if column is not None and column not in names:
        raise DataError(f"{path}: no column {column!r}; there are {told_columns(path, names)}: name one with --id")
    if column is not None or "id" in names:
        return Roles(id=column or "id")
    prompt_id = prompt_id or "prompt_id"
    return Roles(prompt_id=prompt_id, sample=SAMPLE) if {prompt_id, SAMPLE} <= set(names) else None


def names_of(path: Path, ids: Roles | None, rows: Collection[int]) -> dict[int, str]:
    """Words for rows, by their number from 0: the id with its column, or the place where none tells them apart."""
    if not rows:
        return {}
    found, last = {}, max(rows)
    for number, place, row in rows_of(path, ids.columns if ids else []):
        if number in rows:
            found[number] = f"{id_words(ids.id_columns)} {row_id(row, ids.id_columns)}" if ids else place
        if number == last:
            break
    return found


def first_failures(parts: Parts, verifiers: Collection[str]) -> dict[str, dict[str, int]]:
    """Numbers of the first rows on which each verifier failed, by reason."""
    found: dict[str, dict[str, int]] = {name: {} for name in verifiers}
    begin = 0
    for path in judged_parts(parts):
        if int(path.stem) != begin:
            break
        wanted = [f"{name}.{what}" for name in verifiers for what in ("failed", "reason")]
        table = pq.read_table(path, columns=wanted)
        for name, first in found.items():
            columns = (table[f"{name}.{what}"].to_pylist() for what in ("failed", "reason"))
            for row, (failed, reason) in enumerate(zip(*columns, strict=True), start=begin):
                if failed:
                    first.setdefault(reason, row)
        begin += len(table)
    return found


def first_named(path: Path, ids: Roles | None, first: Mapping[str, Mapping[str, int]]) -> dict[str, dict[str, str]]:
    """The same with words for the rows."""
    rows = {row for by_reason in first.values() for row in by_reason.values()}
    names = names_of(path, ids, rows)
    return {name: {reason: names[row] for reason, row in by_reason.items()} for name, by_reason in first.items()}
