"""The command ``uncollapse select``: a selection, its random twin, and the account of both."""

import argparse
from pathlib import Path

import numpy as np

from uncollapse.candidate_tables.options import add_columns, add_table, roles_of
from uncollapse.candidate_tables.pool import Pool, read_pool
from uncollapse.candidate_tables.roles import known_columns, resolved
from uncollapse.candidate_tables.rows_out import check_outputs, write_rows
from uncollapse.corpora.formats import beside
from uncollapse.errors import DataError
from uncollapse.jobs.command_ending import told_in_words
from uncollapse.jobs.command_line import Parser, add_quiet, add_threads, finite, on_threads, quietly, whole
from uncollapse.row_selection.account import TOKENS, Account, account_of, account_path
from uncollapse.row_selection.rules import RULES, SAMPLE, selected
from uncollapse.row_selection.settings import NEEDS_NO_VERDICT, Selecting
from uncollapse.row_selection.twin import in_common, random_twin
from uncollapse.statistics.counted import counted

HELP = """Select candidates to train on, and beside them as many at random of the same prompts.

    uncollapse select candidates.parquet --rule first --output kept.parquet
        the first accepted candidate of each prompt; the random twin goes to kept.random.parquet

rules:
  accepted   all that the verifier accepts
  first      of each prompt the first accepted one (--at-most M: the first M)
  shortest   of each prompt the shortest accepted one
  best       of each prompt the one with the best score, of all or of the first --n
  threshold  all whose score reaches --threshold
  top        the --n with the best scores, of all prompts together
  budget     the first --n accepted ones, every prompt's first sample before any second, of at most --budget candidates

--at-most and --pass-rates go with every rule. Ties go to the lower sample number. A student of the selection beats one
of the twin only by what the selection knows: train both. kept.selection.json says where every candidate went.
"""
ALIKE = 0.9  # share in common from which a twin is hardly another data set


def arguments(given: list[str] | None) -> argparse.Namespace:
    """The command line."""
    parser = Parser(prog="uncollapse select", description=HELP, formatter_class=argparse.RawDescriptionHelpFormatter)
    add_table(parser)
    parser.add_argument("--rule", choices=RULES, default="accepted", help="what is kept (default: accepted)")
    parser.add_argument(
        "--output", type=Path, required=True, help="rows with all their columns: Parquet, JSON lines or CSV"
    )
    parser.add_argument("--n", type=whole(1), help="of the rules best, top and budget")
    parser.add_argument("--at-most", type=whole(1), metavar="M", help="candidates of a prompt")
    parser.add_argument(
        "--pass-rates",
        nargs=2,
        type=finite,
        metavar=("LOW", "HIGH"),
        help="only prompts of whose candidates this share is accepted",
    )
    parser.add_argument("--budget", type=whole(1), help="candidates that may be looked at")
    parser.add_argument("--seed", type=whole(0), default=0, help="of the random twin (default: 0)")
    parser.add_argument("--overwrite", action="store_true", help="write over files that are there")
    add_quiet(parser)
    add_threads(parser)
    add_columns(parser)
    return parser.parse_args(given)


def select(options: argparse.Namespace) -> Account:
    """Select, write selection, twin and account, and return the account."""
    settings = Selecting(
        rule=options.rule, n=options.n, at_most=options.at_most, budget=options.budget, seed=options.seed,
        pass_rates=tuple(options.pass_rates) if options.pass_rates else None,
    )  # fmt: skip
    if options.rule == "threshold" and options.threshold is None:
        raise DataError("--rule threshold takes --threshold: the score from which candidates are kept")
    twin_path = beside(options.output, "random")
    paths = [options.output, twin_path]
    needs = options.rule not in NEEDS_NO_VERDICT or settings.pass_rates is not None
    roles = resolved(options.candidates, roles_of(options), verifier=options.verifier, judged=needs)
    check_outputs(options.candidates, paths, overwrite=options.overwrite)
    names = known_columns(options.candidates)
    features = [name for name in (SAMPLE, *TOKENS) if name in names]
    pool = read_pool(options.candidates, roles, features=features, judged=needs)
    sieve = selected(pool, settings)
    twin = random_twin(pool, sieve.kept, seed=settings.seed)
    common = in_common(sieve.kept, twin)
    has_verdict = roles.kept is not None or roles.threshold is not None
    account = account_of(pool, sieve, twin, settings, in_common=common, has_verdict=has_verdict)
    if not account.kept:
        raise DataError(f"{options.candidates}: nothing is kept: {_reasons(account)}. Nothing was written")
    write_rows(options.candidates, {path: pool.row[some] for path, some in zip(paths, (sieve.kept, twin), strict=True)})
    account.write(account_path(options.output))
    print(*told(account, pool, settings, options.output, twin_path), sep="\n")
    return account


def told(account: Account, pool: Pool, settings: Selecting, output: Path, twin: Path) -> list[str]:
    """Lines on a selection."""
    lines = [
        f"{account.kept:,} of {counted(account.candidates, 'candidate')} kept, of {account.kept_prompts:,} of"
        f" {counted(account.prompts, 'prompt')}: {output}",
        *(f"  {number:,} dropped: {reason}" for reason, number in account.dropped.items() if number),
    ]
    if account.unjudged:
        lines.append(f"  {account.unjudged:,} dropped: without a verdict")
    share = f", of which the verifier accepts {account.twin_accepted:.1%}" if account.twin_accepted is not None else ""
    lines.append(f"random twin, {account.kept:,} of the same prompts{share}: {twin}")
    if account.twin_in_common is not None and account.twin_in_common >= ALIKE:
        lines.append(
            f"  note: {account.twin_in_common:.0%} of the twin are in the selection too, since its prompts have hardly"
            " more candidates than are kept; sample more of each prompt for a comparison that tells"
        )
    if settings.rule == "budget" and settings.n is not None and account.kept < settings.n:
        lines.append(f"  note: {_short_of(account.kept, settings.n, settings.budget, pool)}")
    return lines


def _short_of(kept: int, wanted: int, budget: int | None, pool: Pool) -> str:
    """Words on a budget that did not suffice, and on what would."""
    looked = min(budget or len(pool), len(pool))
    more, rest = round((wanted - kept) * looked / kept), len(pool) - looked
    if more <= rest:
        what = f"--budget {looked + more} looks at as many"
    else:
        each = int(np.bincount(pool.prompt).max())
        further = -(-(more - rest) // (int(pool.prompt.max()) + 1))
        what = f"uncollapse sample --n {each + further} goes on from the {each} of each prompt; verify and select again"
    return (
        f"{kept:,} of {wanted:,} were reached within {counted(looked, 'candidate')}; at this rate it"
        f" takes {more:,} more: {what}"
    )


def _reasons(account: Account) -> str:
    dropped = account.dropped | {"without a verdict": account.unjudged}
    return ", ".join(f"{number:,} {reason}" for reason, number in dropped.items() if number)


def run(given: list[str] | None = None) -> None:
    """Run the command, or say in one line what is wrong."""
    options = arguments(given)
    with told_in_words([options.output]), quietly(options.quiet), on_threads(options.threads):
        select(options)
