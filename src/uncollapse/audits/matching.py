"""Labels of a sheet put back to the candidates it was drawn from, with every doubt about either said."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from uncollapse.audits.record import Draw, fingerprint
from uncollapse.audits.sheet import LabelledRow, is_mangled
from uncollapse.candidate_tables.contents import Contents, content, content_columns
from uncollapse.candidate_tables.pool import Pool, rows_of
from uncollapse.corpora.cells import digest
from uncollapse.corpora.row_ids import hashed, row_id
from uncollapse.errors import DataError
from uncollapse.statistics.counted import counted

_SHOWN = 3


@dataclass(frozen=True)
class Sheet:
    """A labelled sheet: where it lies, the record of its draw, and its rows by key."""

    path: Path
    draw: Draw
    rows: Mapping[str, LabelledRow]

    def labels(self) -> dict[str, str]:
        """Labels by key, of the rows that have one."""
        return {key: row.label for key, row in self.rows.items() if row.label is not None}


def check_rows(sheet: Sheet) -> list[str]:
    """Notes on a sheet whose rows are those of its draw.

    Raises
    ------
    DataError
        For rows of another draw, with unknown keys or other ids than were drawn.
    """
    draw, notes = sheet.draw, []
    others = {row.draw for row in sheet.rows.values()} - {draw.name, ""}
    unknown = [row.place for key, row in sheet.rows.items() if key not in draw.rows]
    if others or len(unknown) == len(sheet.rows):
        raise DataError(
            f"{sheet.path}: is the sheet of another draw ({', '.join(sorted(others)) or 'no row is known'}) than"
            f" {draw.name}, whose record is given: name its own record with --draw"
        )
    if unknown:
        raise DataError(
            f"{sheet.path}: {_some(unknown)} have keys that were not drawn: keep the column key as audit draw wrote it"
        )
    mangled = []
    for key, row in sheet.rows.items():
        was = draw.rows[key].id
        if not row.id or _plain(row.id) == _plain(was):
            continue
        if not is_mangled(was, row.id):
            raise DataError(
                f"{sheet.path}: {row.place} has the id {row.id!r}, but {was!r} was drawn under its key {key}: the rows"
                " were mixed up; put label and key together again, as audit draw wrote them"
            )
        mangled.append(f"{was!r} came back as {row.id!r}")
    if mangled:
        notes.append(
            f"{counted(len(mangled), 'id was', 'ids were')} rewritten, as spreadsheets do ({mangled[0]}); rows were"
            " told apart by their keys."
        )
    if gone := len(draw.rows) - len(sheet.rows):
        notes.append(
            f"{gone:,} of {counted(len(draw.rows), 'row')} {'is' if gone == 1 else 'are'} no longer on"
            f" {sheet.path.name}, and unlabelled."
        )
    number = len(sheet.labels())
    if number < len(draw.rows):
        notes.append(
            f"{number:,} of {counted(len(draw.rows), 'row')} of {sheet.path.name} {'has' if number == 1 else 'have'}"
            " a label."
        )
        if left := len(skipped(sheet)):
            notes.append(
                f"{counted(left, 'row was', 'rows were')} skipped: where such are harder than others, what follows is"
                " of the easier ones. Rows are in random order, so label from the top, and write unsure where you are."
            )
    return notes


def skipped(sheet: Sheet) -> list[str]:
    """Keys of rows without a label that come before one with a label, in the order in which they were drawn."""
    keys, labels = list(sheet.draw.rows), sheet.labels()
    last = max((place for place, key in enumerate(keys) if key in labels), default=0)
    return [key for key in keys[:last] if key not in labels]


def places(pool: Pool, sheets: Sequence[Sheet]) -> dict[str, int]:
    """Number in the pool of each drawn row, by key.

    Raises
    ------
    DataError
        Where the candidates are not those that were drawn from, or a text is not the one that was labelled.
    """
    drawn = {key: row for sheet in sheets for key, row in sheet.draw.rows.items()}
    order = np.argsort(pool.id)
    wanted = np.array([hashed(row.id) for row in drawn.values()], dtype=np.uint64)
    at = order[np.minimum(np.searchsorted(pool.id, wanted, sorter=order), len(order) - 1)]
    there = pool.id[at] == wanted
    found = {key: int(place) for key, place, is_there in zip(drawn, at, there, strict=True) if is_there}
    missing = [row.id for row, is_there in zip(drawn.values(), there, strict=True) if not is_there]
    draw = sheets[0].draw
    if missing:
        whole = "none" if len(missing) == len(drawn) else f"{len(missing):,} ({_some(list(map(repr, missing)))}) not"
        raise DataError(
            f"{pool.path}: of the {len(drawn):,} candidates that were drawn {whole} are there: the sheet was drawn from"
            f" {draw.candidates}; give that file as it was"
        )
    texts = _checked_texts(pool, {int(pool.row[found[key]]): row.digest for key, row in drawn.items()})
    if fingerprint(pool) != draw.pool:
        raise DataError(
            f"{pool.path}: the candidates that were drawn are there, but its ids, verdicts or scores are not those of"
            f" the draw from {draw.candidates}: give the file as it was, or draw anew"
        )
    if any(sheet.draw.texts not in ("", texts) for sheet in sheets):
        raise DataError(
            f"{pool.path}: prompts or texts of candidates that were not drawn have changed since the draw from"
            f" {draw.candidates}, and the labels are no sample of what stands there now: give the file as it was, or"
            " draw anew"
        )
    return found


def _checked_texts(pool: Pool, digests: Mapping[int, str]) -> str:
    """Digest of the pool's prompts and texts, once those of the rows that were drawn are what they were."""
    changed, texts = [], Contents(pool.row)
    for number, place, row in rows_of(pool.path, content_columns(pool.path, pool.roles), told="compare with the sheet"):
        if texts.holds(number):
            texts.add(content(row, pool.roles, row_id(row, pool.roles.id_columns)))
        if (was := digests.get(number)) is not None and row_digest(pool, row) != was:
            changed.append(f"{place} (id {row_id(row, pool.roles.id_columns)!r})")
    if changed:
        raise DataError(
            f"{pool.path}: {counted(len(changed), 'text has', 'texts have')} changed since the draw:"
            f" {_some(changed)}. A label there is of another text; give the file as it was, or draw anew"
        )
    return str(texts)


def row_digest(pool: Pool, row: Mapping[str, object]) -> str:
    """Digest of what a labeller sees of a row: prompt and text."""
    return digest(row.get(pool.roles.prompt or ""), row.get(pool.roles.text or "")).hex()


def _plain(name: str) -> str:
    return name.strip().lstrip("'")


def _some(names: Sequence[str]) -> str:
    return ", ".join(names[:_SHOWN]) + (f" and {len(names) - _SHOWN:,} more" if len(names) > _SHOWN else "")
