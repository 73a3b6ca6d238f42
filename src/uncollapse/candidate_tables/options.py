"""Options that name a table of candidates and its columns, the same for every command that reads one."""

import argparse
from pathlib import Path

from uncollapse.candidate_tables.roles import Roles
from uncollapse.jobs.command_line import finite


def add_table(parser: argparse.ArgumentParser) -> None:
    """Add the table itself."""
    parser.add_argument("candidates", type=Path, help="Parquet, JSON lines, CSV or TSV, one candidate a row")


def add_columns(parser: argparse.ArgumentParser) -> None:
    """Add what the columns are."""
    group = parser.add_argument_group("what the columns are")
    group.add_argument("--id", help="tells candidates apart (default: id, or prompt_id with sample)")
    group.add_argument("--prompt-id", help="tells prompts apart (default: prompt_id; without it the prompt's text)")
    group.add_argument("--prompt", help="the prompt, text or a list of messages (default: prompt or messages)")
    group.add_argument("--text", help="the candidate (default: text)")
    group.add_argument(
        "--verifier",
        metavar="NAME",
        help="whose verdict, where there are several: columns NAME.accepted and NAME.score",
    )
    group.add_argument("--kept", metavar="COLUMN", help="does the verifier keep it? (default: accepted or kept)")
    group.add_argument("--score", metavar="COLUMN", help="its score (default: score, where there is one)")
    group.add_argument("--threshold", type=finite, help="keep scores from this one on, instead of --kept")
    group.add_argument("--lower", action="store_true", help="lower scores are better")


def roles_of(options: argparse.Namespace) -> Roles:
    """Columns as the options name them."""
    return Roles(
        id=options.id,
        prompt_id=options.prompt_id,
        prompt=options.prompt,
        text=options.text,
        kept=options.kept,
        score=options.score,
        threshold=options.threshold,
        lower=options.lower,
    )
