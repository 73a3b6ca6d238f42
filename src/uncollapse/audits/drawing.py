"""A draw: candidates chosen for a sheet, and sheet, page and record written."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from uncollapse.audits import strata
from uncollapse.audits.matching import row_digest
from uncollapse.audits.page import write_page
from uncollapse.audits.record import Draw, DrawnRow, fingerprint, record_of
from uncollapse.audits.sheet import write_sheet
from uncollapse.candidate_tables.contents import SYSTEM, Contents, content, content_columns
from uncollapse.candidate_tables.pool import Pool, rows_of
from uncollapse.corpora.cells import text_of
from uncollapse.corpora.row_ids import row_id
from uncollapse.errors import DataError
from uncollapse.statistics.counted import counted

_LETTERS = "abcdefghijkmnpqr"  # sixteen, so that a key is no number whatever a spreadsheet thinks


def draw(pool: Pool, rows: int, *, seed: int) -> tuple[Draw, NDArray[np.int64]]:
    """Draw so many rows of a pool, half of them kept; returns the record, without its rows, and their numbers (M,).

    Raises
    ------
    DataError
        Where the pool has fewer candidates.
    """
    if rows > len(pool):
        raise DataError(f"{pool.path}: {len(pool):,} judged candidates, fewer than --rows {rows:,}: ask for fewer")
    kept = int(pool.kept.sum())
    stratum, cut = strata.strata_of(pool, rows)
    chosen = strata.drawn(pool, stratum, strata.halves(kept, len(pool) - kept, rows), seed=seed)
    return _record(pool, stratum, cut, chosen, seed=seed, looks=1, cut_for=rows, before=None), chosen


def draw_more(pool: Pool, earlier: Sequence[Draw], wanted: tuple[int, int]) -> tuple[Draw, NDArray[np.int64]]:
    """Draw so many more kept and dropped candidates than earlier draws did; returns as :func:`draw`.

    Raises
    ------
    DataError
        Where the pool is not that of the earlier draws, or has not so many left.
    """
    last = earlier[-1]
    if fingerprint(pool) != last.pool:
        raise DataError(
            f"{pool.path}: its ids, verdicts or scores are not those of the draw from {last.candidates}: give the file"
            " as it was, or draw anew"
        )
    before = np.array([one["drawn"] for one in last.strata], dtype=np.int64)
    stratum, cut = strata.strata_of(pool, last.cut_for)
    sizes = np.bincount(stratum, minlength=len(cut))
    for name, verdict, number in (("kept", True, wanted[0]), ("dropped", False, wanted[1])):
        of = np.array([one[0] == verdict for one in cut])
        left = int((sizes - before)[of].sum())
        if number > left:
            raise DataError(
                f"{pool.path}: {counted(left, f'{name} candidate is', f'{name} candidates are')} left to draw, fewer"
                f" than {number:,}: ask for fewer"
            )
    chosen = strata.drawn(pool, stratum, wanted, seed=last.seed, before=before)
    record = _record(
        pool, stratum, cut, chosen, seed=last.seed, looks=last.looks + 1, cut_for=last.cut_for, before=before
    )
    return replace(record, redrawn=last.redrawn), chosen


def write(pool: Pool, record: Draw, chosen: NDArray[np.int64], sheet: Path, *, shown: Sequence[str] = ()) -> Draw:
    """Write the sheet, its page and its record beside it, and return the record with its rows.

    The labeller sees the columns ``shown`` below the prompt, and what the column ``system`` holds above it.
    """
    position = {int(pool.row[number]): place for place, number in enumerate(chosen.tolist())}
    cells: list[dict[str, str]] = [{} for _ in chosen]
    rows: dict[int, DrawnRow] = {}
    stratum = strata.strata_of(pool, record.cut_for)[0]
    chances = [one["drawn"] / one["population"] for one in _by_verdict(record.strata)]
    texts = Contents(pool.row)
    columns = list(dict.fromkeys([*content_columns(pool.path, pool.roles), *shown]))
    for number, _, row in rows_of(pool.path, columns, told="write the sheet"):
        if texts.holds(number):
            texts.add(content(row, pool.roles, row_id(row, pool.roles.id_columns)))
        if (place := position.get(number)) is None:
            continue
        name = row_id(row, pool.roles.id_columns)
        cells[place] = {
            "key": _key(place, record.name, name),
            "prompt": _asked(row, pool.roles.prompt, shown),
            "text": text_of(row.get(pool.roles.text or "")),
            "id": name,
            "draw": record.name,
        }
        of = int(stratum[chosen[place]])
        rows[place] = DrawnRow(name, row_digest(pool, row), of, round(chances[of], 9))
    held = {cells[place]["key"]: rows[place] for place in range(len(cells))}
    record = replace(record, rows=held, texts=str(texts))
    record.write(record_of(sheet))
    write_page(sheet.with_suffix(".html"), record.name, cells)
    write_sheet(sheet, cells)
    return record


def _asked(row: Mapping[str, Any], prompt: str | None, shown: Sequence[str]) -> str:
    """Prompt as a labeller sees it."""
    before = [f"system: {text_of(row[SYSTEM])}"] if row.get(SYSTEM) else []
    behind = [f"[{name}] {text_of(row.get(name))}" for name in shown]
    return "\n\n".join([*before, text_of(row.get(prompt or "")), *behind])


def _record(
    pool: Pool,
    stratum: NDArray[np.int64],
    cut: Sequence[tuple[bool, float | None, float | None]],
    chosen: NDArray[np.int64],
    *,
    seed: int,
    looks: int,
    cut_for: int,
    before: NDArray[np.int64] | None,
) -> Draw:
    sizes, counts = np.bincount(stratum, minlength=len(cut)), np.bincount(stratum[chosen], minlength=len(cut))
    if before is not None:
        counts = counts + before
    found = [
        strata.Stratum(*one, int(size), int(number)).as_json()
        for one, size, number in zip(cut, sizes, counts, strict=True)
    ]
    pool_of = fingerprint(pool)
    told = f"{pool_of} {seed} {looks} {sorted(pool.id[chosen].tolist())}"
    name = "draw-" + _letters(hashlib.blake2b(told.encode(), digest_size=5).hexdigest())
    return Draw(name, pool.path.name, pool_of, pool.roles, seed, looks, cut_for, found, {})


def _by_verdict(found: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Each stratum's verdict as a whole: every candidate of a verdict has the same chance to be drawn."""
    totals: dict[str, dict[str, int]] = {}
    for one in found:
        of = totals.setdefault(one["verdict"], {"drawn": 0, "population": 0})
        of["drawn"] += one["drawn"]
        of["population"] += one["population"]
    return [totals[one["verdict"]] for one in found]


def _key(place: int, draw: str, name: str) -> str:
    return f"row{place + 1:04d}-" + _letters(
        hashlib.blake2b(f"{draw} {name}".encode("utf-8", "surrogatepass"), digest_size=4).hexdigest()
    )


def _letters(digits: str) -> str:
    return "".join(_LETTERS[int(digit, 16)] for digit in digits)
