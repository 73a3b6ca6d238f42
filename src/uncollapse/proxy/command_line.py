"""Options of `uncollapse proxy`: what the columns are, what is asked, what the labels are worth."""

import argparse
import os
from pathlib import Path

import numpy as np

from uncollapse.jobs.command_line import Parser, add_quiet, add_threads, finite, positive, whole
from uncollapse.proxy.json_output import json_file

HELP = """Is this verifier good enough to train on what it keeps? Answers from a table of candidates, before training.

    uncollapse proxy candidates.parquet --prompt prompt_id           columns correct and kept
    uncollapse proxy candidates.csv --prompt prompt_id --score log_prob     sweeps the threshold, draws p_* to a picture
    uncollapse proxy candidates.jsonl --independent --score loss --lower --threshold 2.5     keeps loss <= 2.5
    uncollapse proxy plan --precision 0.7 --dropped-precision 0.4    how many labels, and where

A candidate is correct or not (left empty where nobody knows), and kept or not. p is the share of wrong candidates,
phi = P(kept | correct), psi = P(kept | wrong), p_* = 1 / (1 + psi / phi). p < p_* says that more than half of what is
kept is correct. That "training works where p_* lies above p" is a theorem about labels of two kinds, errors that do not
depend on the prompt, and infinitely many data (Feng et al. 2024, Theorem 3.2); docs/proxy.md says what happens where
one of these fails. A GO is given in at most 2.5% of audits (as far as is known) of a selection that has no more than
half right, or no more than a random one. Candidates of one prompt are not independent: name their column with --prompt.
"""

PICTURES = (".png", ".svg", ".pdf")


def share(text: str) -> float:
    """An argparse type: a number above 0 and below 1."""
    if not 0 < (value := finite(text)) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not between 0 and 1")
    return value


def population(text: str) -> tuple[float, float]:
    """An argparse type: ``kept=K,dropped=D``."""
    try:
        parts = dict(part.split("=") for part in text.split(","))
        kept, dropped = (float(parts.pop(name)) for name in ("kept", "dropped"))
    except (ValueError, KeyError):
        parts, kept, dropped = {"": ""}, 0.0, 0.0
    if parts or not (0 < kept < np.inf and 0 < dropped < np.inf):
        raise argparse.ArgumentTypeError(f"{text!r} is not of the form kept=K,dropped=D with two counts above zero")
    return kept, dropped


def arguments(given: list[str]) -> argparse.Namespace:
    """The command line of an audit."""
    parser = Parser(prog="uncollapse proxy", description=HELP, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("table", type=Path, help="Parquet, CSV, TSV or JSON lines, one candidate a row")
    what = parser.add_argument_group("what the columns are")
    what.add_argument("--correct", help="is the candidate correct? Empty where it has no label (default: correct)")
    what.add_argument("--kept", help="does the verifier keep it? (default: kept, else accepted)")
    what.add_argument("--score", help="column to threshold, instead of --kept; higher is kept first")
    what.add_argument("--lower", action="store_true", help="lower scores are kept first")
    what.add_argument("--threshold", type=finite, help="this threshold; without it the loosest that surely is a GO")
    what.add_argument("--prompt", help="which prompt a candidate belongs to")
    what.add_argument("--independent", action="store_true", help="each row is of a prompt of its own")
    what.add_argument("--id", help="tells candidates apart: a table that has one twice is refused")
    asked = parser.add_argument_group("what is asked")
    asked.add_argument("--least-precision", type=share, default=0.5, metavar="SHARE",
                       help="of what is kept (default: 0.5, where training breaks down: no target)")  # fmt: skip
    asked.add_argument("--kept-at-most", type=whole(1), metavar="M", help="of one prompt, 1 for best-of-n")
    asked.add_argument(
        "--slice", action="append", default=[], metavar="COLUMN", help="precision by this column's values"
    )
    asked.add_argument("--feature", action="append", default=[], metavar="COLUMN",
                       help="of prompts: do the kept cover them? Numbers are cut into 8, 5, 3 cells")  # fmt: skip
    asked.add_argument("--success-rate", action="store_true", help="the share right of a prompt's labels as a feature")
    labels = parser.add_argument_group("labels")
    labels.add_argument("--population", type=population, metavar="kept=K,dropped=D",
                        help="the rows are an audit, stratified by verdict, of so many candidates")  # fmt: skip
    labels.add_argument("--weight", metavar="COLUMN", help="how many candidates of the population a row stands for")
    labels.add_argument(
        "--label-sensitivity", metavar="k/n", help="right ones that the labeller calls right (or 0.95:200)"
    )
    labels.add_argument("--label-specificity", metavar="k/n", help="wrong ones that the labeller calls wrong")
    labels.add_argument("--prediction", metavar="COLUMN", help="a cheap judge's guess at every candidate")
    graded = parser.add_argument_group("graded quality")
    graded.add_argument("--error", metavar="COLUMN", help="how far off a candidate is; p_* over the tolerance")
    graded.add_argument("--quality", metavar="COLUMN", help="the same of a score: higher is better")
    graded.add_argument("--tolerance", type=finite, action="append", default=[], metavar="T",
                        help="correct is an error up to T (a quality from T on); the first is decided by")  # fmt: skip
    out = parser.add_argument_group("output")
    out.add_argument("--output", "--json", type=json_file, metavar="OUT.json", help="everything, as JSON for programs")
    add_quiet(out)
    out.add_argument("--picture", type=Path, help="where to draw the sweep (default: <table>.p_star.png)")
    out.add_argument("--resamples", type=whole(100, 1_000_000), default=1000, help="of the bootstrap (default: 1000)")
    out.add_argument("--seed", type=whole(0), default=0, help="of the bootstrap (default: 0)")
    add_threads(out)
    options = parser.parse_args(given)
    options.grade = options.error or options.quality
    for option, meant in (("--lower", options.lower), ("--threshold", options.threshold is not None)):
        if meant and options.score is None:
            parser.error(f"{option} is about a score: name its column with --score")
    swept = options.score is not None and options.threshold is None
    if options.picture is not None and not swept:
        parser.error("--picture is of a sweep: name a column with --score, and leave --threshold out")
    for one, other, meant in (
        ("--prompt", "--independent", options.prompt and options.independent),
        ("--kept", "--score", options.kept is not None and options.score is not None),
        ("--population", "--weight", options.population and options.weight),
        ("--error", "--quality", options.error and options.quality),
        ("--error", "--label-sensitivity", options.grade and options.label_sensitivity),
        ("--prediction", "--weight", options.prediction and options.weight),
        ("--prediction", "--population", options.prediction and options.population),
    ):
        if meant:
            parser.error(f"{one} and {other} do not go together: give one of them")
    if options.population and swept:
        parser.error("--population is of one selection: give its --threshold; a sweep takes --weight")
    if options.tolerance and not options.grade:
        parser.error("--tolerance is about graded quality: name its column with --error or --quality")
    if bool(options.label_sensitivity) != bool(options.label_specificity):
        parser.error("--label-sensitivity and --label-specificity are needed both")
    if os.path.isdir(options.table):  # of os.path: false, instead of an error, where it may not be looked at
        parser.error(f"{options.table} is a folder: give a file, Parquet, CSV, TSV or JSON lines, one candidate a row")
    options.picture = options.picture or options.table.with_suffix(".p_star.png")
    if options.score is not None and options.picture.suffix not in PICTURES:
        parser.error(f"--picture {options.picture}: must end in {', '.join(PICTURES)}")
    for option, path in (("--picture", options.picture if swept else None), ("--output", options.output)):
        if path is None:
            continue
        if os.path.isdir(path):
            parser.error(f"{option} {path}: is a folder; name a file in it")
        try:
            os.lstat(path)
        except FileNotFoundError:
            pass
        except OSError as error:
            parser.error(f"{option} {path}: {error.strerror}; name another file")
        if not os.path.isdir(path.parent):
            parser.error(f"{option} {path}: there is no folder {path.parent}")
        if os.path.exists(path) and os.path.exists(options.table) and os.path.samefile(path, options.table):
            parser.error(f"{option} {path}: is the table itself; name another file")
    return options


def plan_arguments(given: list[str]) -> argparse.Namespace:
    """The command line of a plan."""
    parser = Parser(prog="uncollapse proxy plan", description="How many labels a GO takes, and where.")
    parser.add_argument("--precision", type=share, required=True, help="a guess: share of the kept that is right")
    parser.add_argument("--least-precision", type=share, default=0.5, help="as for the audit (default: 0.5)")
    parser.add_argument("--dropped-precision", type=share, help="a guess: share of the dropped that is right")
    parser.add_argument("--kept-share", type=share, help="share of all candidates that is kept")
    parser.add_argument("--labels", type=positive, help="labels there are: how well they tell, at random and split")
    parser.add_argument("--power", type=share, default=0.8, help="chance of a GO (default: 0.8)")
    options = parser.parse_args(given)
    if options.labels and (options.kept_share is None or options.dropped_precision is None):
        parser.error("--labels takes --kept-share and --dropped-precision as well")
    return options
