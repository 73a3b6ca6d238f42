"""Options of ``uncollapse audit``."""

import argparse
from pathlib import Path
from typing import NoReturn

from uncollapse.candidate_tables.options import add_columns, add_table
from uncollapse.jobs.command_ending import USAGE
from uncollapse.jobs.command_line import add_quiet, add_threads, whole
from uncollapse.proxy.command_line import share
from uncollapse.proxy.json_output import json_file

HELP = """Audit a verifier by hand: is what it keeps worth training on?

    uncollapse audit draw candidates.parquet --rows 200 --output sheet.csv
        writes sheet.csv and sheet.html; label in either of them: right, wrong or unsure
    uncollapse audit read sheet.csv candidates.parquet
        says GO, NO-GO, UNDECIDED, GO-BUT or NOTHING TO SAY, and how many more labels decide it
    uncollapse audit draw candidates.parquet --more sheet.csv --output more.csv
        draws just these; then: audit read sheet.csv candidates.parquet --more more.csv

A candidate is one row with an id, a prompt, a text and a verifier's verdict (accepted) or score. Half of the rows drawn
are of kept and half of dropped candidates, spread over the score; the labeller is not told which. Exit status of read:
0 GO, 1 NO-GO, 2 UNDECIDED, NOTHING TO SAY (all labels alike) or NOTHING SELECTED (all is kept), 3 GO-BUT (a GO with a
warning), 64 options that do not fit, 65 data that do not.
"""


class Parser(argparse.ArgumentParser):
    """A parser whose exit status is none of a decision's."""

    def error(self, message: str) -> NoReturn:
        """Print the message, and leave."""
        self.print_usage()
        self.exit(USAGE, f"{self.prog}: error: {message}\n")


def parser() -> Parser:
    """The command line."""
    top = Parser(prog="uncollapse audit", description=HELP, formatter_class=argparse.RawDescriptionHelpFormatter)
    parts = top.add_subparsers(dest="what", required=True, metavar="draw|read")
    drawn = parts.add_parser(
        "draw",
        help="write a sheet to label",
        description="Write a sheet to label, as a CSV file and"
        " as a page for a browser, and a record of the draw beside them.",
    )
    add_table(drawn)
    drawn.add_argument(
        "--rows",
        type=whole(2),
        metavar="N",
        help="rows of the sheet; with --more by default as many as audit read says decide it",
    )
    drawn.add_argument(
        "--output",
        type=Path,
        required=True,
        metavar="SHEET.csv",
        help="the sheet; the page and the record go beside it",
    )
    drawn.add_argument(
        "--more",
        type=Path,
        nargs="+",
        default=[],
        metavar="SHEET",
        help="labelled sheets to go on from, the first one first",
    )
    drawn.add_argument(
        "--show", nargs="+", default=[], metavar="COLUMN", help="columns that the labeller sees too, such as answer"
    )
    drawn.add_argument("--seed", type=whole(0), default=0, help="of the draw (default: 0)")
    drawn.add_argument("--overwrite", action="store_true", help="write over a sheet that is there, with its labels")
    _add_least(drawn)
    add_quiet(drawn)
    add_threads(drawn)
    add_columns(drawn)
    reading = parts.add_parser(
        "read",
        help="read a labelled sheet",
        description="Say from a labelled sheet whether what the verifier keeps is worth training on.",
    )
    reading.add_argument("sheet", type=Path, help="the labelled sheet, from the CSV file or the page")
    add_table(reading)
    reading.add_argument(
        "--draw",
        type=Path,
        action="append",
        default=[],
        metavar="RECORD",
        help="the record of the draw (default: beside the sheet)",
    )
    reading.add_argument(
        "--more",
        type=Path,
        action="append",
        default=[],
        metavar="SHEET",
        help="a further labelled sheet, of audit draw --more",
    )
    reading.add_argument(
        "--second",
        type=Path,
        action="append",
        default=[],
        metavar="SHEET",
        help="the same sheet labelled by someone else: agreement, and what their noise does to p*",
    )
    reading.add_argument(
        "--slice",
        action="append",
        default=[],
        metavar="COLUMN",
        help="precision by this column's values (length and pass rate are always shown)",
    )
    reading.add_argument(
        "--feature",
        action="append",
        default=[],
        metavar="COLUMN",
        help="of prompts: do the kept cover them? (prompt length is always looked at)",
    )
    reading.add_argument(
        "--prediction",
        metavar="COLUMN",
        help="a cheap judge's guess at every candidate, for narrower intervals (default: the score)",
    )
    reading.add_argument(
        "--label-sensitivity", metavar="k/n", help="right ones that the labeller calls right, measured"
    )
    reading.add_argument("--label-specificity", metavar="k/n", help="wrong ones that the labeller calls wrong")
    reading.add_argument(
        "--output", "--json", type=json_file, metavar="OUT.json", help="everything, as JSON for programs and export"
    )
    add_quiet(reading)
    add_threads(reading)
    reading.add_argument("--seed", type=whole(0), default=0, help="of the intervals' draws (default: 0)")
    _add_least(reading)
    return top


def _add_least(to: argparse.ArgumentParser) -> None:
    to.add_argument(
        "--least-precision",
        type=share,
        default=0.5,
        metavar="SHARE",
        help="of what is kept that has to be right (default: 0.5, where training breaks down: no target)",
    )
