"""The command `uncollapse proxy`: from a table and options to lines, a picture and a file for programs."""

import argparse
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from uncollapse.errors import DataError, UncollapseError, explain_os_error
from uncollapse.jobs.command_line import on_threads, quietly
from uncollapse.proxy import coverage
from uncollapse.proxy.audit import audit, plain, row_weights
from uncollapse.proxy.command_line import arguments, plan_arguments
from uncollapse.proxy.exit_status import exit_status
from uncollapse.proxy.from_options import columns_of, feature_of, graded, judged, origins_of, read
from uncollapse.proxy.label_sampling import label_sampling_warnings
from uncollapse.proxy.noisy_labels import LabelErrors, Measured
from uncollapse.proxy.of_table import CandidateTable, read_beside
from uncollapse.proxy.open_labels import open_label_warnings
from uncollapse.proxy.plan import plan, spreads
from uncollapse.proxy.prompt_columns import PROMPTS, other_prompts, prompt_column_warnings
from uncollapse.proxy.report import exact_number, lines, plan_lines, sweep_table
from uncollapse.proxy.score_sweep import loosest, score_sweep
from uncollapse.proxy.slices import CUTS, ORIGINS
from uncollapse.proxy.standing import Asked
from uncollapse.proxy.tally import Candidates
from uncollapse.proxy.tolerance_curve import error_quantiles, tolerance_curve
from uncollapse.statistics.counted import counted

SHARES = np.round(np.arange(0.05, 1.0001, 0.05), 2)


def report(options: argparse.Namespace) -> int:
    """Print p, phi, psi, kept precision, p_*, what else is asked for, and the decision; returns its exit status."""

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
        print(f"{options.score} {'<=' if options.lower else '>='} {exact_number(sign * threshold)}:")
        candidates = replace(candidates, kept=score >= threshold)
    features = [
        feature_of(options, table, candidates.prompts, name, coverage.CUTS[min(place, 2)])
        for place, name in enumerate(options.feature)
    ]
    if options.success_rate:
        rate = coverage.success_rates(candidates)
        features.append(("success rate", coverage.quantile_cells(rate, coverage.CUTS[min(len(features), 2)]), []))
    cells = coverage.crossed([cell for _, cell, _ in features]) if features else None
    beside = read_beside(table, (*ORIGINS, *PROMPTS))
    origins, others = origins_of(table, beside), other_prompts(table, beside, _taken(options), options.prompt)
    del beside  # texts of prompts may be most of the file
    asked = Asked(options.least_precision, options.population, most_kept, errors)
    result = audit(
        candidates,
        least=options.least_precision,
        population=options.population,
        most_kept=most_kept,
        errors=errors,
        sliced=[*(columns_of(table, name, CUTS) for name in options.slice), *origins],
        features=[name for name, _, _ in features],
        cells=cells,
        prediction=None if options.prediction is None else table.numbers(options.prediction),
        resamples=options.resamples,
        seed=options.seed,
        sweep_failed=failed,
        warnings=_warnings(options, table, candidates, asked, others),
    )
    found |= result.as_json()
    if options.grade:
        found |= over_tolerances(options, table, candidates, cells)
    print(*lines(result), sep="\n")
    if sweep is not None:
        from uncollapse.proxy.picture import draw  # brings matplotlib, which takes most of a second

        with writing("--picture", options.picture):
            draw(sweep, error_rate=result.rates["p"].value, path=options.picture)
        print(f"The sweep is drawn in {options.picture}.")
    if options.output is not None:
        text = json.dumps(plain(found), indent=1, default=str) + "\n"
        with writing("--output", options.output):
            options.output.write_text(text, encoding="utf-8")
    return exit_status(result.decision.word)


def _taken(options: argparse.Namespace) -> set[str | None]:
    """Columns that are named as something else than prompts, or as them."""
    return {options.prompt, options.correct, options.kept, options.score, options.id}


def _warnings(
    options: argparse.Namespace,
    table: CandidateTable,
    candidates: Candidates,
    asked: Asked,
    others: dict[str, NDArray[np.int64]],
) -> list[str]:
    """Warnings that a GO has of its prompts, by ``others`` than those named, and of its labels."""
    warnings = prompt_column_warnings(options.prompt, others, candidates, asked)
    warnings += open_label_warnings(candidates, asked)
    if (guess := options.score or options.prediction) is not None:
        warnings += label_sampling_warnings(candidates, table.numbers(guess), asked, name=guess)
    return warnings


@contextmanager
def writing(option: str, path: Path) -> Iterator[None]:
    """Writing of a file that an option names: what the system refuses is said in words.

    Raises
    ------
    DataError
        For whatever the system refuses: a folder that is read-only, a disk that is full.
    """
    try:
        yield
    except OSError as error:
        raise DataError(explain_os_error(error, [path], place=option)) from None


def swept(
    options: argparse.Namespace, candidates: Candidates, score: np.ndarray, most_kept: float, errors: Any
) -> tuple[pd.DataFrame, float, bool]:
    """The sweep over thresholds, the one to report, and whether none passes."""

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
    """Print how many labels a GO takes, and where."""

    options = plan_arguments(given)
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
                f"{counted(options.labels, 'label')} {how}: standard deviation of p_* {star:.3f}, of kept precision"
                f" {precision:.3f}"
            )


def run(given: list[str] | None = None) -> int:
    """Say whether the verifier is good enough, also by the exit status, or in one line what is wrong."""
    given = sys.argv[1:] if given is None else given
    try:
        if given[:1] == ["plan"]:
            planned(given[1:])
            return 0
        options = arguments(given)
        with quietly(options.quiet), on_threads(options.threads):
            return report(options)
    except UncollapseError as error:
        raise SystemExit(str(error)) from None
