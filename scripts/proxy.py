"""Is this verifier good enough to train on what it keeps? Answers from a table of candidates, before any training.

    python scripts/proxy.py candidates.parquet                     columns correct and kept
    python scripts/proxy.py candidates.csv --score log_prob        sweeps the threshold, draws p_* to a picture
    python scripts/proxy.py candidates.csv --score loss --lower --threshold 2.5    keeps loss <= 2.5

A candidate is correct or not, and kept or not. With p the share of wrong candidates, phi = P(kept | correct) and psi
= P(kept | wrong), training on the kept ones works where p < p_* = 1 / (1 + psi / phi) (Feng et al. 2024), that is,
where more than half of what is kept is correct. Candidates of one prompt are not independent: name their column with
--prompt.
"""

from __future__ import annotations

import argparse
import functools
import sys
from pathlib import Path

import numpy as np

from uncollapse.errors import UncollapseError
from uncollapse.jobs.command_line import finite, whole
from uncollapse.proxy.of_table import likely_prompts, read_candidates
from uncollapse.proxy.verdict import best_threshold, estimates, verdict

PICTURES = (".png", ".svg", ".pdf")
SHARES = np.round(np.arange(0.05, 1.0001, 0.05), 2)


def arguments(given: list[str] | None) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("table", type=Path, help="Parquet or CSV, one candidate a row")
    parser.add_argument("--correct", default="correct", help="column: is the candidate correct? (default: correct)")
    parser.add_argument("--kept", default="kept", help="column: does the verifier keep it? (default: kept)")
    parser.add_argument("--score", help="column to threshold, instead of --kept; higher is kept first")
    parser.add_argument("--lower", action="store_true", help="lower scores are kept first")
    parser.add_argument(
        "--threshold", type=finite, help="report this threshold; without it the loosest that is surely a go"
    )
    parser.add_argument("--prompt", help="column that tells which prompt a candidate belongs to")
    parser.add_argument("--picture", type=Path, help="where to draw the sweep (default: <table>.p_star.png)")
    parser.add_argument("--resamples", type=whole(100), default=1000, help="bootstrap resamples (default: 1000)")
    parser.add_argument("--seed", type=whole(0), default=0, help="of the bootstrap (default: 0)")
    options = parser.parse_args(given)
    for option, meant in (("--lower", options.lower), ("--threshold", options.threshold is not None)):
        if meant and options.score is None:
            parser.error(f"{option} is about a score: name its column with --score")
    options.picture = options.picture or options.table.with_suffix(".p_star.png")
    if options.score is not None and options.picture.suffix not in PICTURES:
        parser.error(f"--picture {options.picture}: must end in {', '.join(PICTURES)}")
    if options.score is not None and not options.picture.parent.is_dir():
        parser.error(f"--picture {options.picture}: there is no folder {options.picture.parent}")
    return options


def report(options: argparse.Namespace) -> None:
    """Print p, phi, psi, kept precision, p_* and go or no-go; for a score also the sweep and its picture."""
    judged = ("--kept", options.kept) if options.score is None else ("--score", options.score)
    columns = {"--correct": options.correct, "--prompt": options.prompt, **dict([judged])}
    table = read_candidates(options.table, {option: name for option, name in columns.items() if name is not None})
    candidates = {"correct": table.truth(options.correct), "prompts": table.prompts(options.prompt)}
    if options.prompt is None and (likely := likely_prompts(table.names)):
        print(f"Each row counts as a prompt of its own; --prompt {likely} takes those of one prompt together.")
    measure = functools.partial(estimates, **candidates, resamples=options.resamples, seed=options.seed)
    if options.score is None:
        kept = table.truth(options.kept)
    else:
        from uncollapse.proxy.picture import draw
        from uncollapse.proxy.score_sweep import score_sweep

        sign = -1.0 if options.lower else 1.0
        score = sign * table.numbers(options.score)
        sweep = score_sweep(
            candidates["correct"],
            score,
            shares=SHARES,
            resamples=options.resamples,
            rng=np.random.default_rng(options.seed),
            prompts=None if options.prompt is None else candidates["prompts"],
        )
        shown = sweep.assign(threshold=sign * sweep["threshold"])
        print(shown.to_string(index=False, float_format=lambda value: f"{value:.4f}"), end="\n\n")
        if options.threshold is not None:
            least = sign * options.threshold
        else:
            least, sure = best_threshold(sweep, score, candidates["prompts"], measure)
            print(
                f"{'The loosest threshold that is surely a go' if sure else 'No threshold is surely a go; the best'}:"
            )
        print(f"{options.score} {'<=' if options.lower else '>='} {sign * least:g}:")
        kept = score >= least
    print(*verdict(kept, **candidates, found=measure(kept)), sep="\n")
    if options.score is not None:
        draw(sweep, error_rate=float(1 - candidates["correct"].mean()), path=options.picture)
        print(f"The sweep is drawn in {options.picture}.")


def main(given: list[str] | None = None) -> None:
    """Say whether the verifier is good enough, or in one line what is wrong."""
    options = arguments(given)
    try:
        report(options)
    except UncollapseError as error:
        raise SystemExit(str(error)) from None


if __name__ == "__main__":
    main(sys.argv[1:])
