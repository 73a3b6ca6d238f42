"""Labelled sheets opened with their records and put together: further draws, shared work, a second labeller."""

import itertools
from pathlib import Path

from uncollapse.audits.matching import Sheet, check_rows
from uncollapse.audits.record import SUFFIX, Draw, read_draw, record_of
from uncollapse.audits.sheet import LabelledRow, read_sheet
from uncollapse.errors import DataError
from uncollapse.statistics.counted import counted


def opened(path: Path, records: list[Path]) -> Sheet:
    """A labelled sheet with its record: the one beside it, one that is named, or one in its folder of its draw."""
    rows = read_sheet(path)
    names = {row.draw for row in rows.values()}
    beside = [record_of(path)] if record_of(path).is_file() else []
    others = sorted(path.parent.glob(f"*{SUFFIX}")) if not records and not beside else []
    found = [read_draw(one) for one in [*records, *beside, *others]]
    fitting = [one for one in found if one.name in names]
    if fitting:
        return Sheet(path, fitting[0], rows)
    return Sheet(path, found[0] if found else _missing(path), rows)


def in_order(sheets: list[Sheet]) -> list[Sheet]:
    """Sheets in the order of their draws, which have to go on from one another.

    Raises
    ------
    DataError
        For sheets of draws that began elsewhere.
    """
    sheets = sorted(_joined(sheets), key=lambda one: one.draw.looks)
    for before, after in itertools.pairwise(sheets):
        same = [(one.draw.pool, one.draw.seed, one.draw.cut_for) for one in (before, after)]
        if same[0] != same[1] or before.draw.looks == after.draw.looks:
            raise DataError(
                f"{after.path}: was not drawn as more of {before.path}, so that rows may be on both: read it alone, or"
                f" draw with --more {before.path}"
            )
    return sheets


def without_news(sheets: list[Sheet]) -> list[str]:
    """Remarks on sheets all of whose labels stand in sheets before them, such as one that is given twice."""
    found = []
    known: dict[tuple[str, str], Path] = {}
    for sheet in sheets:
        labels = {(sheet.draw.name, key): sheet.path for key, row in sheet.rows.items() if row.label is not None}
        if labels and labels.keys() <= known.keys():
            before = " and ".join(dict.fromkeys(str(known[key]) for key in labels))
            found.append(f"{sheet.path} adds nothing: its {counted(len(labels), 'label')} stand in {before} already.")
        known = labels | known
    return found


def second_labels(paths: list[Path], sheets: list[Sheet], given: list[Sheet]) -> dict[str, LabelledRow] | None:
    """Rows of another labeller's sheets; they have to be of the same draws.

    Parameters
    ----------
    given : the first labeller's sheets, as they were opened

    Raises
    ------
    DataError
        For a file that is one of these, and a sheet of another draw.
    """
    draws = {one.draw.name: one.draw for one in sheets}
    rows: dict[str, LabelledRow] = {}
    for path in paths:
        mine = read_sheet(path)
        if any(path.samefile(one.path) for one in given):
            raise DataError(
                f"--second {path}: is the first labeller's sheet itself, which agrees with itself: give the same rows"
                " labelled by someone else, or leave --second out"
            )
        names = {row.draw for row in mine.values()}
        draw = next((draws[name] for name in names if name in draws), sheets[0].draw)
        check_rows(Sheet(path, draw, mine))
        rows |= mine
    return rows if paths else None


def _joined(sheets: list[Sheet]) -> list[Sheet]:
    """Sheets with those of the same draw put together, as where people share the work.

    Raises
    ------
    DataError
        Where a row has different labels on two of them.
    """
    found: dict[str, Sheet] = {}
    for sheet in sheets:
        before = found.setdefault(sheet.draw.name, sheet)
        if before is sheet:
            continue
        rows = dict(before.rows)
        for key, row in sheet.rows.items():
            label = rows[key].label if key in rows else None
            if None not in (label, row.label) and label != row.label:
                raise DataError(
                    f"{sheet.path}: {row.place} says {row.label}, and {before.path} {label} of the same row ({key}):"
                    " settle it, or give another labeller's sheet with --second"
                )
            if label is None:
                rows[key] = row
        found[sheet.draw.name] = Sheet(before.path, before.draw, rows)
    return list(found.values())


def _missing(path: Path) -> Draw:
    return read_draw(record_of(path))  # which says that it is missing, and what to do
