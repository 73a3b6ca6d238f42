"""Judge candidates with verifiers of your choice: math, unit_tests, format, agreement, reward_model, judge and more.

    uncollapse verify candidates.parquet --verifier math --output scored.parquet
    uncollapse verify answers.jsonl --verifier math --verifier 'format:regex=.*\\\\boxed\\{.*' --combine all
    uncollapse verify answers.csv --config verifiers.yaml --threads 8

A verifier is KIND, KIND:KEY=VALUE,KEY=VALUE or NAME=KIND:...; KIND is one of ours or a .py file of your own. Each adds
columns NAME.score, NAME.accepted and NAME.reason to those of the table; score and accepted are the decision, of the one
verifier or of --combine. A verifier that fails on a candidate leaves it without a verdict, with the reason; above a
share of --most-failed the command stops. A killed command goes on where it was. docs/verifiers.md describes all.
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from uncollapse.errors import ConfigError, DataError
from uncollapse.jobs.command_ending import told_in_words
from uncollapse.jobs.command_line import Parser, add_quiet, finite, quietly, whole
from uncollapse.statistics.counted import counted


def arguments(given: list[str] | None) -> argparse.Namespace:
    """The command line."""
    parser = Parser(prog="uncollapse verify", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("candidates", type=Path, help="Parquet, JSON lines, CSV or TSV, one candidate a row")
    parser.add_argument("--verifier", action="append", default=[], metavar="[NAME=]KIND[:KEY=VALUE,...]",
                        help="may be given often")  # fmt: skip
    parser.add_argument("--config", type=Path, metavar="YAML", help="verifiers by name, and combine")
    parser.add_argument("--output", type=Path, help="Parquet, JSON lines or CSV (default: <candidates>.scored.parquet)")
    parser.add_argument("--combine", choices=["all", "any", "mean", "majority"], help="one decision of all verifiers")
    parser.add_argument("--lowest", type=finite, help="mean score that --combine mean accepts")
    columns = parser.add_argument_group("columns")
    columns.add_argument(
        "--id", help="tells candidates apart, in what is said of failures (default: id, or prompt_id with sample)"
    )
    columns.add_argument("--text", default="text", help="the candidates (default: text)")
    columns.add_argument("--prompt", help="texts, or lists of messages (default: prompt or messages)")
    columns.add_argument("--prompt-id", help="tells prompts apart (default: prompt_id, else the prompt itself)")
    columns.add_argument("--answer", help="the true answers (default: answer)")
    columns.add_argument("--replace", action="store_true", help="write columns anew that the table has already")
    run = parser.add_argument_group("the run")
    run.add_argument("--threads", type=whole(1), default=os.cpu_count() or 1,
                     help="candidates judged side by side (default: as many as there are processors)")  # fmt: skip
    run.add_argument("--most-failed", type=finite, default=0.05, metavar="SHARE",
                     help="of candidates on which a verifier may fail (default: 0.05)")  # fmt: skip
    run.add_argument("--seed", type=whole(0, 2**63 - 1),
                     help="of verifiers that draw, where they have no seed of their own (default: theirs)")  # fmt: skip
    add_quiet(run)
    return parser.parse_args(given)


def verify(options: argparse.Namespace) -> None:
    """Judge, write, and print counts."""
    from uncollapse.corpora.row_ids import check_ids
    from uncollapse.planning.fingerprint import code_of
    from uncollapse.settings.finding import module_name
    from uncollapse.verification import named
    from uncollapse.verification.columns import Columns, resolved
    from uncollapse.verification.combining import combining
    from uncollapse.verification.identity import ids_of
    from uncollapse.verification.part_columns import schema_of
    from uncollapse.verification.run import Run
    from uncollapse.verification.seeds import draws, seeded

    if bool(options.verifier) == bool(options.config):
        raise ConfigError("give --verifier or --config, one of them")
    if options.lowest is not None and options.combine != "mean":
        raise ConfigError("--lowest goes with --combine mean")
    if not 0 <= options.most_failed <= 1:
        raise ConfigError(f"--most-failed {options.most_failed:g}: is a share, from 0 to 1")
    verifiers, block = named.from_file(options.config) if options.config else (named.from_texts(options.verifier), None)
    if options.seed is not None:
        verifiers = seeded(verifiers, options.seed)
        if not any(map(draws, verifiers)):
            print("note: --seed: none of these verifiers draws", file=sys.stderr)
    if options.combine:
        block = {"by": options.combine} | ({} if options.lowest is None else {"lowest": options.lowest})
    rule = combining(block, verifiers)
    further = dict.fromkeys(name for one in verifiers for name in getattr(one.settings, "reads", ()))
    columns = Columns(options.text, options.prompt, options.prompt_id, options.answer, tuple(further))
    columns = resolved(options.candidates, columns, needs={need for one in verifiers for need in one.needs})
    plugins = [module_name(one.settings.kind, package=named.PACKAGE) for one in verifiers]
    run = Run(
        source=options.candidates,
        output=options.output or options.candidates.with_suffix(".scored.parquet"),
        columns=columns,
        verifiers=verifiers,
        rule=rule,
        code=code_of(Path(__file__), plugins=plugins),
    )
    run.check(replace=options.replace)
    ids = ids_of(options.candidates, column=options.id, prompt_id=options.prompt_id)
    try:
        if ids is not None:
            check_ids(options.candidates, ids.id_columns)
    except DataError as error:
        if options.id is not None:
            raise
        print(f"note: {error}", file=sys.stderr)  # verifiers need no id, but what reads the table next may
        ids = None
    counts, first = run.go(threads=options.threads, most_failed=options.most_failed, ids=ids)
    from uncollapse.verification.told import lines

    print(*lines(counts, first), sep="\n")
    added = schema_of(verifiers, rule).names
    print(
        f"{run.output}: {counted(max(count.total for count in counts.values()), 'candidate')}, with {', '.join(added)}"
    )


def main(given: list[str] | None = None) -> None:
    """Judge, or say in one line what is wrong."""
    options = arguments(given)
    written = [options.output or options.candidates]
    with (
        told_in_words(written, command="verify", stopped="the same command goes on from here"),
        quietly(options.quiet),
    ):
        verify(options)
