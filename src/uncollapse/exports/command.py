"""The command ``uncollapse export``: a training file, and its card."""

import argparse
from itertools import combinations
from pathlib import Path
from typing import Any

from uncollapse.candidate_tables.contents import contents
from uncollapse.candidate_tables.options import add_columns, add_table, roles_of
from uncollapse.candidate_tables.pool import read_pool
from uncollapse.candidate_tables.roles import known_columns, resolved
from uncollapse.corpora.tables import told_columns
from uncollapse.corpora.written import check_kind, check_place
from uncollapse.errors import DataError
from uncollapse.exports import formats
from uncollapse.exports.card import Exported, card, read_audit
from uncollapse.exports.dates import read_as_times
from uncollapse.exports.standing import Origin, origin_of, undecided_why
from uncollapse.exports.training_file import write_pairs, write_rows
from uncollapse.jobs.command_ending import told_in_words
from uncollapse.jobs.command_line import Parser, add_quiet, add_threads, finite, on_threads, quietly
from uncollapse.jobs.partial import whole
from uncollapse.row_selection.account import sha256
from uncollapse.row_selection.rules import SAMPLE
from uncollapse.statistics.counted import counted

HELP = """Export selected candidates as a training file, JSON lines that the datasets library and TRL read.

    uncollapse export kept.parquet --output train.jsonl --card README.md
    uncollapse export kept.random.parquet --output random.jsonl            the random twin, to train beside it
    uncollapse export candidates.parquet --format preferences --output pairs.jsonl
    uncollapse export MODEL.safetensors FOLDER     a language model for transformers, which is another command

formats:
  chat         {"messages": [{"role": "user", ...}, {"role": "assistant", ...}]}, for fine-tuning
  completion   {"prompt": ..., "completion": ...}
  preferences  {"prompt": ..., "chosen": ..., "rejected": ...}: of each prompt the best candidate against the worst, by
               score (or verdict); it takes all candidates, not the selected ones

The card says where every row went, what a kept row cost, what an audit found (--audit) and where all of it is from. The
audit's decision is of all candidates that the verifier accepts together (uncollapse select --rule accepted): of a part
of them and of the random twin the card says that there is none; other tables and preferences are refused with --audit.
"""


def arguments(given: list[str] | None) -> argparse.Namespace:
    """The command line."""
    parser = Parser(prog="uncollapse export", description=HELP, formatter_class=argparse.RawDescriptionHelpFormatter)
    add_table(parser)
    parser.add_argument("--format", choices=formats.FORMATS, default=formats.CHAT, help="(default: chat)")
    parser.add_argument(
        "--output", type=Path, required=True, metavar="FILE.jsonl", help="the training file, also .gz or .zst"
    )
    parser.add_argument("--card", type=Path, metavar="CARD.md", help="the data set's card")
    parser.add_argument("--audit", type=Path, metavar="JSON", help="what audit read --output wrote, for the card")
    parser.add_argument(
        "--prices", nargs=2, type=finite, metavar=("PROMPT", "COMPLETION"), help="of a million tokens, for the card"
    )
    parser.add_argument("--margin", type=finite, default=0.0, help="of preferences: the least difference of scores")
    parser.add_argument("--conversational", action="store_true", help="messages in place of texts, in every format")
    parser.add_argument("--carry", nargs="+", default=[], metavar="COLUMN", help="columns that rows have besides")
    parser.add_argument("--overwrite", action="store_true", help="write over files that are there")
    add_quiet(parser)
    add_threads(parser)
    add_columns(parser)
    options = parser.parse_args(given)
    if options.format == formats.PREFERENCES and options.carry:
        parser.error("--carry is of rows of one candidate; a pair has two")
    if options.card is None and (options.audit or options.prices):
        parser.error("--audit and --prices are for the card: name it with --card")
    return options


def export(options: argparse.Namespace) -> Exported:
    """Write the file, and the card where one is asked for; returns what was written."""
    _check(options)
    audit = None if options.audit is None else read_audit(options.audit)
    names = known_columns(options.candidates)
    shape = True if options.conversational else None
    is_pairs = options.format == formats.PREFERENCES
    roles = resolved(options.candidates, roles_of(options), verifier=options.verifier, judged=False)
    origin = undecided = None
    if options.card is not None:
        origin = origin_of(options.candidates, *contents(options.candidates, roles, None))
        undecided = None if audit is None else undecided_why(audit, origin)
    if is_pairs:
        pool = read_pool(options.candidates, roles, features=[SAMPLE] * (SAMPLE in names), judged=roles.score is None)
        written = write_pairs(pool, options.output, names=names, margin=options.margin, conversational=shape)
    else:
        missing = [name for name in options.carry if name not in names]
        if missing:
            raise DataError(
                f"{options.candidates}: no column {missing[0]!r}; there are {told_columns(options.candidates, names)}"
            )
        written = write_rows(
            options.candidates, roles, options.output, kind=options.format, names=names, carried=options.carry,
            conversational=shape,
        )  # fmt: skip
    verdict = roles.kept if roles.threshold is None else roles.score
    exported = Exported(
        path=options.output, source=options.candidates, kind=options.format, rows=written.rows,
        left_out=written.left_out, rejected=written.rejected, verdict=verdict,
        sha256=sha256(options.output),
    )  # fmt: skip
    print(f"{counted(written.rows, 'row')}, format {options.format}: {options.output}")
    for reason, number in written.left_out.items():
        if number:
            print(f"  {number:,} left out: {reason}")
    if exported.rejected:
        print(f"  {exported.rejected:,} of them {exported.told()}")
    if times := read_as_times(options.output):
        print(
            f"  note: every text of {' and '.join(times)} is a date, and load_dataset would make times of them; read"
            " such a file with Dataset.from_list"
        )
    if options.card is not None and origin is not None:
        if audit is not None and undecided is None and (short := written.left_out.total()):
            undecided = (
                f"{short:,} of the audited candidates left out, the rest may be right more or less often than all."
            )
        _write_card(options, exported, origin, audit, undecided)
    return exported


def _write_card(
    options: argparse.Namespace,
    exported: Exported,
    origin: Origin,
    audit: dict[str, Any] | None,
    undecided: str | None,
) -> None:
    """Write the card, and say what is not on it."""
    account = origin.account if _is_of(origin, exported) else None
    twin_of = origin.place.name if origin.is_twin else None
    prices = tuple(options.prices) if options.prices else None
    told = card(exported, account, audit, prices, folder=options.card.parent, undecided=undecided, twin_of=twin_of)
    with whole(options.card) as partial:
        partial.write_text(told, encoding="utf-8")
    print(f"The card is {options.card}.")
    if audit is not None and undecided is not None:
        print(f"  note: the audit decides nothing on these rows: {undecided}")
    if origin.account is None:
        print(f"  note: it has no account of the selection, since there is no {origin.place}")
    elif account is None and twin_of is None:
        came = exported.rows + sum(exported.left_out.values())
        print(
            f"  note: it has no account of the selection, since {origin.place} is of {origin.account.kept:,} rows, and"
            f" {options.candidates} has {'others' if came == origin.account.kept else f'{came:,}'}"
        )


def _is_of(origin: Origin, exported: Exported) -> bool:
    """Whether the account beside a table is of its rows; one that does not say of which, by their number."""
    if origin.account is None or origin.account.contents is not None:
        return origin.is_selection
    return exported.kind == formats.PREFERENCES or origin.account.kept == exported.rows + sum(
        exported.left_out.values()
    )


def _check(options: argparse.Namespace) -> None:
    if options.audit is not None and options.format == formats.PREFERENCES:
        raise DataError("--audit is of the candidates that a verifier accepts, and of no pairs: leave it out")
    check_kind(options.output, option="--output", among=(".jsonl",))
    for option, path in (("--output", options.output), ("--card", options.card)):
        if path is not None:
            check_place(path, options.candidates, option=option, overwrite=options.overwrite)
    written = [("--output", options.output), ("--card", options.card)]
    for (first, one), (second, other) in combinations([*written, ("--audit", options.audit)], 2):
        if one is not None and other is not None and one.resolve() == other.resolve():
            raise DataError(f"{first} and {second} are the same file, {one}; name another")


def run(given: list[str] | None = None) -> None:
    """Run the command, or say in one line what is wrong."""
    options = arguments(given)
    with told_in_words([options.output]), quietly(options.quiet), on_threads(options.threads):
        export(options)
