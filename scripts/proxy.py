"""Is this verifier good enough to train on what it keeps? Answers from a table of candidates, before any training.

    python scripts/proxy.py candidates.parquet --prompt prompt_id           columns correct and kept
    python scripts/proxy.py candidates.csv --prompt id --score log_prob     sweeps the threshold, draws p_* to a picture
    python scripts/proxy.py candidates.jsonl --independent --score loss --lower --threshold 2.5     keeps loss <= 2.5
    python scripts/proxy.py plan --precision 0.7 --dropped-precision 0.4    how many labels, and where

A candidate is correct or not (left empty where nobody knows), and kept or not. p is the share of wrong candidates, phi =
P(kept | correct), psi = P(kept | wrong), p_* = 1 / (1 + psi / phi). p < p_* says that more than half of what is kept is
correct. That "training works where p_* lies above p" is a theorem about labels of two kinds, errors that do not depend
on the prompt, and infinitely many data (Feng et al. 2024, Theorem 3.2); docs/proxy.md says what happens where one of
these fails. A GO is given in at most 2.5% of audits of a selection that has no more than half right, or no more than a
random one. Candidates of one prompt are not independent: name their column with --prompt.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from uncollapse.errors import DataError, UncollapseError
from uncollapse.jobs.command_line import finite, positive, whole

if TYPE_CHECKING:
    import pandas as pd

    from uncollapse.proxy.audit import Column
    from uncollapse.proxy.of_table import CandidateTable
    from uncollapse.proxy.tally import Candidates

PICTURES = (".png", ".svg", ".pdf")
SHARES = np.round(np.arange(0.05, 1.0001, 0.05), 2)


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


def arguments(given: list[str] | None) -> argparse.Namespace:
    """The command line of an audit."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("table", type=Path, help="Parquet, CSV, TSV or JSON lines, one candidate a row")
    what = parser.add_argument_group("what the columns are")
    what.add_argument("--correct", help="is the candidate correct? Empty where it has no label (default: correct)")
    what.add_argument("--kept", default="kept", help="does the verifier keep it? (default: kept)")
    what.add_argument("--score", help="column to threshold, instead of --kept; higher is kept first")
    what.add_argument("--lower", action="store_true", help="lower scores are kept first")
    what.add_argument("--threshold", type=finite, help="this threshold; without it the loosest that surely is a GO")
    what.add_argument("--prompt", help="which prompt a candidate belongs to")
    what.add_argument("--independent", action="store_true", help="each row is of a prompt of its own")
    asked = parser.add_argument_group("what is asked")
    asked.add_argument("--least-precision", type=share, default=0.5, metavar="SHARE",
                       help="of what is kept (default: 0.5, where training breaks down in theory: no target)")  # fmt: skip
    asked.add_argument("--kept-at-most", type=whole(1), metavar="M", help="of one prompt, 1 for best-of-n")
    asked.add_argument(
        "--slice", action="append", default=[], metavar="COLUMN", help="precision by this column's values"
    )
    asked.add_argument("--feature", action="append", default=[], metavar="COLUMN",
                       help="of prompts: do the kept ones still cover them? Numbers are cut into 8, 5, 3 ... cells")  # fmt: skip
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
    out.add_argument("--json", type=Path, metavar="OUT", help="everything, for programs")
    out.add_argument("--picture", type=Path, help="where to draw the sweep (default: <table>.p_star.png)")
    out.add_argument("--resamples", type=whole(100), default=1000, help="of the bootstrap (default: 1000)")
    out.add_argument("--seed", type=whole(0), default=0, help="of the bootstrap (default: 0)")
    options = parser.parse_args(given)
    options.grade = options.error or options.quality
    for option, meant in (("--lower", options.lower), ("--threshold", options.threshold is not None)):
        if meant and options.score is None:
            parser.error(f"{option} is about a score: name its column with --score")
    swept = options.score is not None and options.threshold is None
    for one, other, meant in (
        ("--prompt", "--independent", options.prompt and options.independent),
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
    options.picture = options.picture or options.table.with_suffix(".p_star.png")
    if options.score is not None and options.picture.suffix not in PICTURES:
        parser.error(f"--picture {options.picture}: must end in {', '.join(PICTURES)}")
    for option, path in (("--picture", options.score and options.picture), ("--json", options.json)):
        if path and not path.parent.is_dir():
            parser.error(f"{option} {path}: there is no folder {path.parent}")
    return options


def read(options: argparse.Namespace) -> CandidateTable:
    """The table with every column that an option names.

    Raises
    ------
    DataError
        For a table without prompts, where nobody said that its rows are independent; and as reading does.
    """
    from uncollapse.proxy.of_table import likely_prompts, read_candidates

    by_tolerance = options.grade and options.tolerance and not options.correct
    columns = {
        "--correct": [] if by_tolerance else [options.correct or "correct"],
        "--kept": [options.kept] if options.score is None else [],
        "--score": [options.score],
        "--prompt": [options.prompt],
        "--slice": options.slice,
        "--feature": options.feature,
        "--weight": [options.weight],
        "--prediction": [options.prediction],
        "--error": [options.error],
        "--quality": [options.quality],
    }
    named = {option: [name for name in names if name is not None] for option, names in columns.items()}
    table = read_candidates(options.table, {option: names for option, names in named.items() if names})
    if options.prompt is None and not options.independent:
        likely = likely_prompts(table.names)
        raise DataError(
            f"{options.table}: candidates of one prompt are right and wrong together. Name the column that tells prompts"
            f" apart with --prompt{f' {likely}' if likely else f', one of {chr(44).join(table.names)},'} or, if each row"
            " is of a prompt of its own, say --independent"
        )
    return table


def judged(options: argparse.Namespace, table: CandidateTable) -> Candidates:
    """Candidates by what the options say; nothing is kept yet of those with a score."""
    from uncollapse.proxy.tally import Candidates

    if options.grade and options.tolerance and not options.correct:
        error, labelled = graded(options, table)
        right = error <= (-1 if options.quality else 1) * options.tolerance[0]
    else:
        right, labelled = table.truth_where_known(options.correct or "correct")
    weight = None
    if options.weight is not None:
        weight = table.numbers(options.weight)
        if not (np.isfinite(weight) & (weight > 0)).all():
            raise DataError(f"{table.path}: column {options.weight!r} has weights that are not above zero: name another"
                            " with --weight")  # fmt: skip
    kept = np.zeros(len(table), dtype=bool) if options.score is not None else table.truth(options.kept)
    prompts = None if options.prompt is None else table.groups(options.prompt)[0]
    return Candidates(kept, right, labelled, prompts, weight)


def graded(options: argparse.Namespace, table: CandidateTable) -> tuple[np.ndarray, np.ndarray | None]:
    """Errors (N,), of a quality its negative, and where there is one (None: everywhere)."""
    numbers, known = table.numbers_where_known(options.grade)
    return (-numbers if options.quality else numbers), known


def columns_of(table: CandidateTable, name: str, cuts: int) -> Column:
    """A column as the numbers of its values; numbers that are too many are cut at their quantiles."""
    from uncollapse.proxy.coverage import quantile_cells
    from uncollapse.proxy.slices import MOST, cut_numbers

    groups, values = table.groups(name)
    if len(values) > cuts and table.is_numeric(name):
        numbers = table.numbers(name)
        groups = quantile_cells(numbers, cuts)
        return name, groups, cut_numbers(numbers, groups)
    if len(values) > MOST:
        raise DataError(
            f"{table.path}: column {name!r} has {len(values):,} different values, more than {MOST} slices or cells: name"
            f" a coarser one with {table.options[name]}"
        )
    return name, groups, values


def report(options: argparse.Namespace) -> None:
    """Print p, phi, psi, kept precision, p_*, what else is asked for, and the decision."""
    from dataclasses import replace

    from uncollapse.proxy import coverage
    from uncollapse.proxy.audit import audit, plain
    from uncollapse.proxy.noisy_labels import LabelErrors, Measured
    from uncollapse.proxy.report import lines
    from uncollapse.proxy.slices import CUTS

    errors = None
    if options.label_sensitivity:
        errors = LabelErrors(Measured.read(options.label_sensitivity), Measured.read(options.label_specificity))
    table = read(options)
    candidates = judged(options, table)
    most_kept = options.kept_at_most or np.inf
    found: dict[str, Any] = {"table": str(options.table)}
    sweep, failed = None, False
    if options.score is not None:
        sign = -1.0 if options.lower else 1.0
        score = sign * table.numbers(options.score)
        if options.threshold is not None:
            threshold = sign * options.threshold
        else:
            sweep, threshold, failed = swept(options, candidates, score, most_kept, errors)
            found["sweep"] = sweep.assign(threshold=sign * sweep["threshold"]).to_dict("records")
        print(f"{options.score} {'<=' if options.lower else '>='} {sign * threshold:g}:")
        candidates = replace(candidates, kept=score >= threshold)
    features = [columns_of(table, name, coverage.CUTS[min(place, 2)]) for place, name in enumerate(options.feature)]
    if options.success_rate:
        rate = coverage.success_rates(candidates)
        features.append(("success rate", coverage.quantile_cells(rate, coverage.CUTS[min(len(features), 2)]), []))
    cells = coverage.crossed([cell for _, cell, _ in features]) if features else None
    result = audit(
        candidates,
        least=options.least_precision,
        population=options.population,
        most_kept=most_kept,
        errors=errors,
        sliced=[columns_of(table, name, CUTS) for name in options.slice],
        features=[name for name, _, _ in features],
        cells=cells,
        prediction=None if options.prediction is None else table.numbers(options.prediction),
        resamples=options.resamples,
        seed=options.seed,
        sweep_failed=failed,
    )
    found |= result.as_json()
    if options.grade:
        found |= over_tolerances(options, table, candidates, cells)
    print(*lines(result), sep="\n")
    if sweep is not None:
        from uncollapse.proxy.picture import draw

        draw(sweep, error_rate=result.rates["p"].value, path=options.picture)
        print(f"The sweep is drawn in {options.picture}.")
    if options.json is not None:
        options.json.write_text(json.dumps(plain(found), indent=1, default=str) + "\n", encoding="utf-8")


def swept(
    options: argparse.Namespace, candidates: Candidates, score: np.ndarray, most_kept: float, errors: Any
) -> tuple[pd.DataFrame, float, bool]:
    """The sweep over thresholds, the one to report, and whether none passes."""
    from uncollapse.proxy.report import sweep_table
    from uncollapse.proxy.score_sweep import loosest, score_sweep

    sweep = score_sweep(
        candidates,
        score,
        shares=SHARES,
        resamples=options.resamples,
        rng=np.random.default_rng(options.seed),
        least=options.least_precision,
        most_kept=most_kept,
        errors=errors,
    )
    print(sweep_table(sweep, -1.0 if options.lower else 1.0), end="\n\n")
    row, passed = loosest(sweep)
    if passed:
        print("The loosest threshold that surely is a GO (all stricter ones that were tested are, too):")
    elif row is None:
        print("No threshold keeps enough labels for a GO; the loosest:")
    else:
        print("The first threshold that was tested is no GO, so that no looser one is either:")
    return sweep, float(sweep["threshold"].iloc[-1 if row is None else row]), not passed


def over_tolerances(
    options: argparse.Namespace, table: CandidateTable, candidates: Candidates, cells: np.ndarray | None
) -> dict[str, Any]:
    """Print the curve over tolerances and quantiles of errors."""
    from dataclasses import replace

    from uncollapse.proxy.audit import row_weights
    from uncollapse.proxy.tolerance_curve import error_quantiles, tolerance_curve

    error, labelled = graded(options, table)
    turned = -1.0 if options.quality else 1.0
    some = np.ones(len(error), dtype=bool) if labelled is None else labelled
    tolerances = sorted(turned * one for one in options.tolerance)
    if len(tolerances) < 2:
        tolerances = sorted({*tolerances, *np.quantile(error[some], np.arange(1, 10) / 10).tolist()})
    curve = tolerance_curve(
        replace(candidates, labelled=labelled),
        error,
        tolerances,
        population=options.population,
        resamples=options.resamples,
        rng=np.random.default_rng(options.seed),
    )
    curve["tolerance"] *= turned
    shown = ["tolerance", "p", "kept_precision", "kept_precision_low", "kept_precision_high", "p_star", "p_star_low"]
    print(f"By the {'least quality' if options.quality else 'largest error'} that counts as correct:")
    print(curve[[*shown, "p_star_high"]].to_string(index=False, float_format=lambda value: f"{value:.4g}"), end="\n\n")
    weight = row_weights(candidates, options.population)
    at = error_quantiles(
        candidates.kept[some], error[some], weight=weight[some], cells=None if cells is None else cells[some]
    )
    at[at.columns[1:]] *= turned
    print(f"Quantiles of {options.grade}:")
    print(at.to_string(index=False, float_format=lambda value: f"{value:.4g}"), end="\n\n")
    return {"tolerance_curve": curve.to_dict("records"), "error_quantiles": at.to_dict("records")}


def planned(given: list[str]) -> None:
    """How many labels, and where."""
    from uncollapse.proxy.plan import plan, spreads
    from uncollapse.proxy.report import plan_lines

    parser = argparse.ArgumentParser(prog="proxy.py plan", description="How many labels a GO takes, and where.")
    parser.add_argument("--precision", type=share, required=True, help="a guess: share of the kept that is right")
    parser.add_argument("--least-precision", type=share, default=0.5, help="as for the audit (default: 0.5)")
    parser.add_argument("--dropped-precision", type=share, help="a guess: share of the dropped that is right")
    parser.add_argument("--kept-share", type=share, help="share of all candidates that is kept")
    parser.add_argument("--labels", type=positive, help="labels there are: how well they tell, at random and split")
    parser.add_argument("--power", type=share, default=0.8, help="chance of a GO (default: 0.8)")
    options = parser.parse_args(given)
    if options.labels and (options.kept_share is None or options.dropped_precision is None):
        parser.error("--labels takes --kept-share and --dropped-precision as well")
    guess = {"precision": options.precision, "least": options.least_precision, "power": options.power}
    found = plan(**guess, dropped_precision=options.dropped_precision, kept_share=options.kept_share)
    print(*plan_lines(found, **guess), sep="\n")
    if options.labels:
        for how, kept in (("at random", options.kept_share), ("half of kept, half of dropped", 0.5)):
            star, precision = spreads(
                options.precision, options.dropped_precision, options.kept_share,
                kept=options.labels * kept, dropped=options.labels * (1 - kept),
            )  # fmt: skip
            print(
                f"{options.labels:,.0f} labels {how}: standard deviation of p_* {star:.3f}, of kept precision {precision:.3f}"
            )


def main(given: list[str] | None = None) -> None:
    """Say whether the verifier is good enough, or in one line what is wrong."""
    given = sys.argv[1:] if given is None else given
    try:
        if given[:1] == ["plan"]:
            planned(given[1:])
        else:
            report(arguments(given))
    except UncollapseError as error:
        raise SystemExit(str(error)) from None


if __name__ == "__main__":
    main(sys.argv[1:])
