"""The sheet that people label: a CSV file with a row a candidate, safe to open in a spreadsheet, and read back.

Texts are a model's and may be anything. A cell that begins with =, +, -, @ or a tab would be run as a formula, so it
gets an apostrophe before it. Verdicts, scores and chances of being drawn are not on the sheet: a labeller who knows
what the verifier says agrees with it. Rows are in random order, so that those labelled first are a random sample.
"""

import csv
import io
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from uncollapse.corpora.rows import csv_rows
from uncollapse.errors import DataError
from uncollapse.jobs.partial import whole
from uncollapse.proxy.label_words import LABEL_OF

COLUMNS = ("key", "label", "note", "prompt", "text", "id", "draw")
_SPREADSHEETS = (".xlsx", ".xls", ".ods", ".numbers")
_HEADER = 10_000  # characters that a sheet's first line may have
LONGEST = 30_000  # characters; a spreadsheet's cell holds 32,767
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
_LIKE_A_DATE = re.compile(r"\d{1,4}[-/.]\d{1,2}([-/.]\d{1,4})?|[A-Za-z]{3,9}[-/. ]?\d{1,4}")


@dataclass(frozen=True)
class LabelledRow:
    """A row as it came back: which line, the id it bears now, the label (None where there is none)."""

    place: str
    id: str
    draw: str
    label: str | None


def safe_cell(text: str) -> str:
    """Text as a cell that no spreadsheet runs as a formula, cut to what a cell holds.

    >>> safe_cell("=1+1"), safe_cell("a=1"), safe_cell(" -2")
    ("'=1+1", 'a=1', "' -2")
    """
    text = text.replace("\0", "\N{SYMBOL FOR NULL}").encode("utf-8", "backslashreplace").decode("utf-8")
    if len(text) > LONGEST:
        text = f"{text[:LONGEST]} ... (cut: {len(text):,} characters; the page has all)"
    return f"'{text}" if text.lstrip(" \n").startswith(_FORMULA) or text.startswith("'") else text


def write_sheet(path: Path, rows: Iterable[Mapping[str, str]]) -> None:
    """Write rows with the cells of :data:`COLUMNS`; labels and notes are left blank."""
    with whole(path) as partial, open(partial, "w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        for row in rows:
            writer.writerow([safe_cell(row.get(name, "")) for name in COLUMNS])


def is_sheet(path: Path) -> bool:
    """Whether a file's first line names the columns that every sheet has."""
    try:
        with open(path, encoding="utf-8-sig", errors="replace", newline="") as file:
            names = next(csv.reader(io.StringIO(file.readline(_HEADER)), delimiter=_delimiter(path)), [])
    except (OSError, csv.Error):
        return False
    return {"key", "label"} <= {name.strip().lower() for name in names}


def read_sheet(path: Path) -> dict[str, LabelledRow]:
    """Rows of a labelled sheet by key, as a person or a spreadsheet saved it: with commas, semicolons or tabs.

    Raises
    ------
    DataError
        For a file that is no sheet, a key that is missing or there twice with different labels, and labels in words
        that mean nothing here; with file, line and the words.
    """
    if not path.is_file():
        raise DataError(f"{path}: no such file; give the sheet that audit draw wrote, with its column label filled in")
    if path.suffix.lower() in _SPREADSHEETS:
        raise DataError(f"{path}: a spreadsheet's own format; save it as CSV (UTF-8) and give that")
    found: dict[str, LabelledRow] = {}
    strange: dict[str, str] = {}
    for line, cells in csv_rows(path, delimiter=_delimiter(path)):
        row = {name.strip().lower(): value for name, value in cells.items()}
        if missing := [name for name in ("key", "label") if name not in row]:
            raise DataError(
                f"{path}: no column {missing[0]!r}; there are {', '.join(cells)}: give the sheet that audit draw wrote,"
                " with its column label filled in"
            )
        if not any(value.strip() for value in row.values()):
            continue
        key, place = row["key"].strip(), f"line {line}"
        if not key:
            raise DataError(f"{path}: {place} has no key; keep the column key as audit draw wrote it")
        word = row["label"].strip().strip("'").lower()
        label = LABEL_OF.get(word)
        if word and label is None:
            strange.setdefault(row["label"].strip(), place)
        read = LabelledRow(place, _unguarded(row.get("id", "")), row.get("draw", "").strip(), label)
        if (other := found.get(key)) is not None and None not in (other.label, label) and other.label != label:
            raise DataError(
                f"{path}: {other.place} and {place} have the key {key} and different labels ({other.label}, {label}):"
                " keep one of them"
            )
        if other is None or other.label is None:
            found[key] = read
    if strange:
        shown = ", ".join(f"{word!r} ({place})" for word, place in list(strange.items())[:5])
        raise DataError(
            f"{path}: labels that are none: {shown}; write right, wrong or unsure (yes and no, 1 and 0, true and false"
            " are read as well), or leave the cell empty"
        )
    if not found:
        raise DataError(f"{path}: holds no rows; give the sheet that audit draw wrote")
    return found


def is_mangled(was: str, now: str) -> bool:
    """Whether a spreadsheet could have made ``now`` of an id: zeros before it gone, another notation, a date.

    >>> is_mangled("01", "1"), is_mangled("1e5", "100000"), is_mangled("3-1", "03.01.2026"), is_mangled("a7", "a8")
    (True, True, True, False)
    """
    if was.strip().lower() == now.strip().lower():  # TRUE for true
        return True
    if _LIKE_A_DATE.fullmatch(was.strip()):
        return True
    try:
        first, second = float(was), float(now.replace(",", "."))
    except ValueError:
        return False
    return abs(first - second) <= 1e-5 * max(abs(first), abs(second))


def _unguarded(cell: str) -> str:
    return cell[1:] if cell.startswith("'") else cell


def _delimiter(path: Path) -> str:
    """The delimiter of a file whose first line has the columns of a sheet."""
    try:
        with open(path, encoding="utf-8-sig", errors="replace", newline="") as file:
            header = next(csv.reader(io.StringIO(file.readline())), [])
            line = header[0] if header else ""
    except OSError:
        return ","
    return ";" if line.count(";") >= 1 else "\t" if line.count("\t") >= 1 else ","
