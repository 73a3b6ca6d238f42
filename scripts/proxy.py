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
import warnings
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from uncollapse.jobs.command_line import finite, whole

if TYPE_CHECKING:
    from uncollapse.statistics.estimate import Estimate

WORDS = {"true": True, "false": False, "yes": True, "no": False, "1": True, "0": False, "1.0": True, "0.0": False}
LIKELY_PROMPTS = ("prompt_id", "prompt", "prompts", "question", "id_of_prompt")
SEPARATORS = {".csv": ",", ".txt": ",", ".tsv": "\t"}
PICTURES = (".png", ".svg", ".pdf")
FEWEST = 10  # prompts of which anything is kept, for a bootstrap over prompts to say something
SHARES = np.round(np.arange(0.05, 1.0001, 0.05), 2)


def read(path: Path) -> pd.DataFrame:
    """A Parquet or CSV file."""
    if not path.exists():
        raise SystemExit(f"{path}: no such file")
    separator = SEPARATORS.get(path.suffix.lower())
    if separator is None and path.suffix.lower() != ".parquet":
        raise SystemExit(f"{path}: not one of .parquet, {', '.join(SEPARATORS)}; convert it, or rename it to its kind")
    try:
        if separator is None:
            table = pd.read_parquet(path)
        else:
            with warnings.catch_warnings():
                warnings.simplefilter("error", pd.errors.ParserWarning)  # rows of more fields than the first line has
                table = pd.read_csv(path, sep=separator, index_col=False)
    except pd.errors.ParserWarning:
        raise SystemExit(
            f"{path}: rows have more fields than the first line; put texts that hold a comma in quotes"
        ) from None
    except (ValueError, OSError) as error:  # pandas' and pyarrow's own are kinds of these
        raise SystemExit(f"{path}: cannot be read as a table: {error}") from None
    if table.empty:
        raise SystemExit(f"{path}: holds no candidates; give a table with one a row")
    table.attrs["path"] = path
    return table


def column(table: pd.DataFrame, name: str, option: str) -> pd.Series:
    """A column without missing values."""
    if name not in table:
        there = ", ".join(map(str, table.columns))
        raise SystemExit(f"{table.attrs['path']}: no column {name!r}; there are {there}: name one with {option}")
    if table[name].isna().any():
        missing = int(table[name].isna().sum())
        raise SystemExit(
            f"{table.attrs['path']}: column {name!r} has {missing} missing values; fill or drop these rows"
        )
    return table[name]


def yes_or_no(table: pd.DataFrame, name: str, option: str) -> np.ndarray:
    """A column of truth values, however they are written."""
    words = column(table, name, option).astype(str).str.strip().str.lower()
    unknown = sorted(set(words) - set(WORDS))
    if unknown:
        where, found = table.attrs["path"], ", ".join(unknown[:3])
        raise SystemExit(
            f"{where}: column {name!r} must say true or false (or 1 or 0), found {found}; name another with {option}"
        )
    return words.map(WORDS).to_numpy(dtype=bool)


def estimates(
    correct: np.ndarray, kept: np.ndarray, prompts: np.ndarray, *, resamples: int, seed: int
) -> dict[str, Estimate]:
    """Every quantity with its interval."""
    from uncollapse.proxy.estimate import Tally, bound_alike, estimate

    _, place = np.unique(prompts, return_inverse=True)
    counts = np.zeros((int(place.max()) + 1, 4), dtype=np.int64)
    for number, chosen in enumerate((~correct, correct, kept & ~correct, kept & correct)):
        counts[:, number] = np.bincount(place, chosen, minlength=len(counts))
    patterns, repeats = np.unique(counts, axis=0, return_counts=True)
    tally = Tally(patterns, repeats.astype(np.int64))
    return bound_alike(tally, estimate(tally, resamples=resamples, rng=np.random.default_rng(seed)))


def enough(kept: np.ndarray, prompts: np.ndarray, found: dict[str, Estimate]) -> bool:
    """Whether the interval of kept precision means something: it is exact, or a bootstrap over several prompts."""
    return found["kept_precision"].value in (0.0, 1.0) or len(np.unique(prompts[kept])) >= FEWEST


def surely_a_go(kept: np.ndarray, prompts: np.ndarray, found: dict[str, Estimate]) -> bool:
    """Whether the whole interval says that most of what is kept is correct."""
    return enough(kept, prompts, found) and found["kept_precision"].low > 0.5


def report(correct: np.ndarray, kept: np.ndarray, prompts: np.ndarray, found: dict[str, Estimate]) -> None:
    """Print every quantity with its interval, and the line to act on."""
    count = len(np.unique(prompts))
    print(f"{len(correct):,} candidates of {count:,} prompts, {int(kept.sum()):,} kept ({kept.mean():.1%})")
    for quantity, row in found.items():  # an interval without width is one that resampling cannot find
        interval = f"  [{row.low:.4f}, {row.high:.4f}]" if row.low < row.high else ""
        print(f"  {quantity:<15} {row.value:.4f}{interval}")
    if kept.all():
        print("All candidates are kept, so that nothing is selected and p_* is one half.")
    if correct.all() or not correct.any():
        which = "correct" if correct.all() else "wrong"
        print(f"NOTHING TO SAY: all candidates are {which}; p_* compares how many of both kinds are kept.")
    elif not kept.any():
        print("NO-GO: nothing is kept.")
    elif not enough(kept, prompts, found):
        few = len(np.unique(prompts[kept]))
        print(f"UNDECIDED: what is kept is of {few} prompts; an interval takes {FEWEST} at least.")
    elif surely_a_go(kept, prompts, found):
        print("GO: p is below p_*; most of what is kept is correct.")
    elif found["kept_precision"].high < 0.5:
        print("NO-GO: p is above p_*; most of what is kept is wrong, and a student would learn that.")
    else:
        print("UNDECIDED: p and p_* are too close to tell apart; label more candidates, or keep fewer.")


def draw(sweep: pd.DataFrame, *, error_rate: float, path: Path) -> None:
    """p_* against the kept share, with its band, and the line that it has to stay above."""
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(figsize=(7.0, 4.0), layout="constrained")
    share = 100 * sweep["kept_share"]
    axes.fill_between(
        share, sweep["breakdown_point_low"], sweep["breakdown_point_high"], color="#0072b2", alpha=0.2, linewidth=0
    )
    axes.plot(share, sweep["breakdown_point"], color="#0072b2", marker="o", markersize=3)
    axes.axhline(error_rate, color="#d55e00")
    axes.annotate(
        f"p = {error_rate:.3f}\n(share wrong)",
        (1.01, error_rate),
        xycoords=("axes fraction", "data"),
        va="center",
        color="#d55e00",
    )
    best = int(sweep["breakdown_point"].to_numpy().argmax())
    axes.annotate(
        "p$_*$, with its 95% interval",
        (share.iloc[best], sweep["breakdown_point"].iloc[best]),
        xytext=(6, 6),
        textcoords="offset points",
        color="#0072b2",
    )
    axes.set(xlabel="candidates kept (%)", ylabel="breakdown point p$_*$", xlim=(0, 101), ylim=(0, 1.06))
    axes.set_title("Training works where p$_*$ lies above p", loc="left")
    axes.spines[["top", "right"]].set_visible(False)
    figure.savefig(path, dpi=150)


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
    picture = options.picture or options.table.with_suffix(".p_star.png")
    if options.score is not None and picture.suffix not in PICTURES:
        parser.error(f"--picture {picture}: must end in {', '.join(PICTURES)}")
    if options.score is not None and not picture.parent.is_dir():
        parser.error(f"--picture {picture}: there is no folder {picture.parent}")
    return options


def main(given: list[str] | None = None) -> None:
    """Print p, phi, psi, kept precision, p_* and go or no-go; for a score also the sweep and its picture."""
    options = arguments(given)
    table = read(options.table)
    correct = yes_or_no(table, options.correct, "--correct")
    prompts = np.arange(len(table)) if options.prompt is None else column(table, options.prompt, "--prompt").to_numpy()
    if options.prompt is None and (likely := next((name for name in LIKELY_PROMPTS if name in table), None)):
        print(f"Each row counts as a prompt of its own; --prompt {likely} takes those of one prompt together.")
    measure = functools.partial(estimates, correct, prompts=prompts, resamples=options.resamples, seed=options.seed)
    if options.score is None:
        kept = yes_or_no(table, options.kept, "--kept")
        report(correct, kept, prompts, measure(kept))
        return
    from uncollapse.theory.score_sweep import score_sweep

    sign = -1.0 if options.lower else 1.0
    try:
        score = sign * pd.to_numeric(column(table, options.score, "--score")).to_numpy(dtype=float)
    except (ValueError, TypeError) as error:
        raise SystemExit(f"{options.table}: column {options.score!r} is not of numbers ({error})") from None
    sweep = score_sweep(
        correct,
        score,
        shares=SHARES,
        resamples=options.resamples,
        rng=np.random.default_rng(options.seed),
        prompts=None if options.prompt is None else prompts,
    )
    shown = sweep.assign(threshold=sign * sweep["threshold"])
    print(shown.to_string(index=False, float_format=lambda value: f"{value:.4f}"), end="\n\n")
    if options.threshold is not None:
        least = sign * options.threshold
    else:
        likely = sweep.loc[sweep["kept_precision_low"] > 0.5, "threshold"][::-1]
        sure = next((at for at in likely if surely_a_go(score >= at, prompts, measure(score >= at))), None)
        print(
            "The loosest threshold that is surely a go:"
            if sure is not None
            else "No threshold is surely a go; the best:"
        )
        least = sweep["threshold"].iloc[int(sweep["kept_precision_low"].to_numpy().argmax())] if sure is None else sure
    print(f"{options.score} {'<=' if options.lower else '>='} {sign * least:g}:")
    report(correct, score >= least, prompts, measure(score >= least))
    picture = options.picture or options.table.with_suffix(".p_star.png")
    draw(sweep, error_rate=float(1 - correct.mean()), path=picture)
    print(f"The sweep is drawn in {picture}.")


if __name__ == "__main__":
    main(sys.argv[1:])
