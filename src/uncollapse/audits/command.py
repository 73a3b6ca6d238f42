"""The command ``uncollapse audit``: sheets drawn, labelled sheets read."""

import argparse
import json
import sys
from dataclasses import replace
from pathlib import Path

from uncollapse.audits import drawing
from uncollapse.audits.command_line import parser
from uncollapse.audits.looks import drawn_anew, labelled_beside, other_looks
from uncollapse.audits.matching import Sheet
from uncollapse.audits.opening import in_order, opened, second_labels, without_news
from uncollapse.audits.reading import Reading, read
from uncollapse.audits.record import Draw, record_of
from uncollapse.audits.words import lines
from uncollapse.candidate_tables.contents import contents
from uncollapse.candidate_tables.options import roles_of
from uncollapse.candidate_tables.pool import Pool, read_pool
from uncollapse.candidate_tables.roles import known_columns, resolved
from uncollapse.errors import DataError, UncollapseError, explain_os_error
from uncollapse.jobs.command_ending import BAD_DATA
from uncollapse.jobs.command_line import on_threads, quietly
from uncollapse.jobs.partial import whole
from uncollapse.proxy.audit import plain
from uncollapse.proxy.exact import ERROR
from uncollapse.proxy.exit_status import exit_status
from uncollapse.proxy.noisy_labels import LabelErrors, Measured
from uncollapse.proxy.slices import ORIGINS
from uncollapse.statistics.counted import counted


def draw_sheet(options: argparse.Namespace) -> int:
    """Draw, write sheet, page and record, and say what to do next."""
    sheet: Path = options.output
    _check_output(sheet, overwrite=options.overwrite)
    if missing := [name for name in options.show if name not in known_columns(options.candidates)]:
        raise DataError(
            f"{options.candidates}: no column {missing[0]!r}; there are"
            f" {', '.join(known_columns(options.candidates))}: name others with --show"
        )
    if not options.more and options.rows is None:
        raise DataError("--rows says how many rows to draw; with --more it may be left out")
    if options.more:
        sheets = in_order([opened(path, []) for path in options.more])
        pool = _pool(options.candidates, sheets, [])
        record, chosen = drawing.draw_more(pool, [one.draw for one in sheets], _wanted(options, pool, sheets))
    else:
        roles = resolved(options.candidates, roles_of(options), verifier=options.verifier)
        pool = read_pool(options.candidates, roles)
        record, chosen = drawing.draw(pool, options.rows, seed=options.seed)
    record = _with_redraws(record, sheet)
    record = drawing.write(pool, record, chosen, sheet, shown=options.show)
    kept = int(pool.kept[chosen].sum())
    left_out = f" ({pool.unjudged:,} without a verdict are left out)" if pool.unjudged else ""
    print(
        f"{counted(len(chosen), 'row')} of {len(pool):,} judged candidates{left_out}: {kept:,} of"
        f" {int(pool.kept.sum()):,} kept, {len(chosen) - kept:,} of {int((~pool.kept).sum()):,} dropped, in"
        f" {len(record.strata)} strata."
    )
    print(f"Label in the browser: {sheet.with_suffix('.html')}, which works offline; or in {sheet}, column label.")
    first = options.more[0] if options.more else sheet
    more = " ".join(f"--more {path}" for path in [*options.more[1:], sheet]) if options.more else ""
    print(f"Then: uncollapse audit read {first} {options.candidates} {more}".rstrip())
    print(f"Keep {record_of(sheet)}: it says what was drawn.")
    return 0


def read_sheets(options: argparse.Namespace) -> int:
    """Read labelled sheets, print what they say, and return the decision's exit status."""
    if options.output is not None and not options.output.parent.is_dir():
        raise DataError(f"--output {options.output}: there is no folder {options.output.parent}")
    errors = None
    if bool(options.label_sensitivity) != bool(options.label_specificity):
        raise DataError("--label-sensitivity and --label-specificity are needed both")
    if options.label_sensitivity:
        errors = LabelErrors(Measured.read(options.label_sensitivity), Measured.read(options.label_specificity))
    given = [opened(path, options.draw) for path in (options.sheet, *options.more)]
    for note in without_news(given):
        print(f"note: {note}", file=sys.stderr)
    sheets = in_order(given)
    guess = [] if options.prediction is None else [options.prediction]
    pool = _pool(options.candidates, sheets, [*options.slice, *options.feature, *guess])
    reading = read(
        pool, sheets, second=second_labels(options.second, sheets, given), least=options.least_precision, errors=errors,
        sliced=options.slice, features=options.feature, prediction=options.prediction,
        looks=other_looks(sheets), seed=options.seed,
    )  # fmt: skip
    print(*lines(reading), sep="\n")
    if options.output is not None:
        (accepted,) = contents(pool.path, pool.roles, pool.row[pool.kept])
        held = reading.as_json() | {"contents": {"accepted": accepted}}
        with whole(options.output) as partial:
            partial.write_text(json.dumps(plain(held), indent=1) + "\n", encoding="utf-8")
    return exit_status(reading.found.decision.word)


def _with_redraws(record: Draw, sheet: Path) -> Draw:
    """The record with the names of labelled draws that lie in the sheet's folder and that it does not go on from."""
    anew = drawn_anew(labelled_beside(sheet.parent, record.pool).values(), [record])
    if number := len(anew):
        print(
            f"note: {sheet.parent} has labels of {counted(number, 'other draw')} of this pool. A GO of each of"
            f" {number + 1} draws takes an error of {ERROR / (1 + number):.2%}, or is a GO-BUT; to go on from labels"
            " that are there, draw with --more",
            file=sys.stderr,
        )
    return replace(record, redrawn=sorted(anew))


def _pool(path: Path, sheets: list[Sheet], columns: list[str]) -> Pool:
    """The candidates that were drawn from, by the columns that the record of the draw names."""
    draw = sheets[0].draw
    names = known_columns(path)
    if missing := [name for name in draw.roles.columns if name not in names]:
        raise DataError(
            f"{path}: no column {missing[0]!r}, which the draw from {draw.candidates} went by; there are"
            f" {', '.join(names)}: give that file, or draw anew"
        )
    return read_pool(path, draw.roles, features=list(dict.fromkeys(columns)), where_there=ORIGINS)


def _wanted(options: argparse.Namespace, pool: Pool, sheets: list[Sheet]) -> tuple[int, int]:
    """How many more rows of kept and of dropped candidates: what decides, at the same proportion where --rows says."""
    more = _reading_of(pool, sheets, options).more
    if options.rows is None:
        if not more.total:
            raise DataError(f"{more.sentence} Give --rows to draw more all the same")
        return more.kept, more.dropped
    kept = round(options.rows * (more.kept / more.total if more.total else 0.5))
    return kept, options.rows - kept


def _reading_of(pool: Pool, sheets: list[Sheet], options: argparse.Namespace) -> Reading:
    return read(pool, sheets, least=options.least_precision)


def _check_output(sheet: Path, *, overwrite: bool) -> None:
    if sheet.suffix.lower() != ".csv":
        raise DataError(f"--output {sheet}: must end in .csv")
    if not sheet.parent.is_dir():
        raise DataError(f"--output {sheet}: there is no folder {sheet.parent}")
    if sheet.exists() and not overwrite:
        raise DataError(f"--output {sheet}: is there, and may hold labels; name another, or say --overwrite")


def run(given: list[str] | None = None) -> int:
    """Run the command and return its exit status."""
    options = parser().parse_args(given)
    try:
        with quietly(options.quiet), on_threads(options.threads):
            return draw_sheet(options) if options.what == "draw" else read_sheets(options)
    except UncollapseError as error:
        print(error, file=sys.stderr)
    except OSError as error:
        print(explain_os_error(error, [options.output or options.candidates], place="--output"), file=sys.stderr)
    return BAD_DATA
