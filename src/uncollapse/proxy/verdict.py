"""Go or no go, in words: is what a verifier keeps good enough to train on?"""

from collections.abc import Callable, Iterator

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from uncollapse.proxy.estimate import Tally, bound_alike, estimate
from uncollapse.statistics.estimate import Estimate

FEWEST = 10  # prompts of which anything is kept, for a bootstrap over prompts to say something

Measure = Callable[[NDArray[np.bool_]], dict[str, Estimate]]


def estimates(
    kept: NDArray[np.bool_], *, correct: NDArray[np.bool_], prompts: NDArray[np.int64], resamples: int, seed: int
) -> dict[str, Estimate]:
    """Every quantity of candidates (N,) with its interval; ``prompts`` numbers the prompt of each, from 0."""
    counts = np.zeros((int(prompts.max()) + 1, 4), dtype=np.int64)
    for number, chosen in enumerate((~correct, correct, kept & ~correct, kept & correct)):
        counts[:, number] = np.bincount(prompts, chosen, minlength=len(counts))
    patterns, repeats = np.unique(counts, axis=0, return_counts=True)
    tally = Tally(patterns, repeats.astype(np.int64))
    return bound_alike(tally, estimate(tally, resamples=resamples, rng=np.random.default_rng(seed)))


def enough(kept: NDArray[np.bool_], prompts: NDArray[np.int64], found: dict[str, Estimate]) -> bool:
    """Whether the interval of kept precision means something: it is exact, or a bootstrap over several prompts."""
    return found["kept_precision"].value in (0.0, 1.0) or len(np.unique(prompts[kept])) >= FEWEST


def surely_a_go(kept: NDArray[np.bool_], prompts: NDArray[np.int64], found: dict[str, Estimate]) -> bool:
    """Whether the whole interval says that most of what is kept is correct."""
    return enough(kept, prompts, found) and found["kept_precision"].low > 0.5


def best_threshold(
    sweep: pd.DataFrame, score: NDArray[np.float64], prompts: NDArray[np.int64], measure: Measure
) -> tuple[float, bool]:
    """The loosest threshold of a sweep that is surely a go, and True; else the best one, and False."""
    likely = sweep.loc[sweep["kept_precision_low"] > 0.5, "threshold"][::-1]
    sure = next((at for at in likely if surely_a_go(score >= at, prompts, measure(score >= at))), None)
    if sure is not None:
        return sure, True
    return sweep["threshold"].iloc[int(sweep["kept_precision_low"].to_numpy().argmax())], False


def verdict(
    kept: NDArray[np.bool_], *, correct: NDArray[np.bool_], prompts: NDArray[np.int64], found: dict[str, Estimate]
) -> Iterator[str]:
    """Lines with every quantity and its interval, and the one to act on."""
    count = len(np.unique(prompts))
    yield f"{len(correct):,} candidates of {count:,} prompts, {int(kept.sum()):,} kept ({kept.mean():.1%})"
    for quantity, row in found.items():  # an interval without width is one that resampling cannot find
        interval = f"  [{row.low:.4f}, {row.high:.4f}]" if row.low < row.high else ""
        yield f"  {quantity:<15} {row.value:.4f}{interval}"
    if kept.all():
        yield "All candidates are kept, so that nothing is selected and p_* is one half."
    if correct.all() or not correct.any():
        which = "correct" if correct.all() else "wrong"
        yield f"NOTHING TO SAY: all candidates are {which}; p_* compares how many of both kinds are kept."
    elif not kept.any():
        yield "NO-GO: nothing is kept."
    elif not enough(kept, prompts, found):
        few = len(np.unique(prompts[kept]))
        yield f"UNDECIDED: what is kept is of {few} prompts; an interval takes {FEWEST} at least."
    elif surely_a_go(kept, prompts, found):
        yield "GO: p is below p_*; most of what is kept is correct."
    elif found["kept_precision"].high < 0.5:
        yield "NO-GO: p is above p_*; most of what is kept is wrong, and a student would learn that."
    else:
        yield "UNDECIDED: p and p_* are too close to tell apart; label more candidates, or keep fewer."
