"""False GOs of scripts/proxy.py and its power, over a grid of audits with clusters; beside them the bootstrap's.

    python benchmarks/proxy_error.py [--runs 500]

A prompt is easy or hard: its candidates' chance of being right is drawn from a Beta distribution with the intra-class
correlation r (0: candidates are independent; 1: a prompt's are all right or all wrong), or it is skewed: nothing right
at one prompt in five. A judge keeps right candidates with a chance phi, wrong ones with psi.

- threshold: of the kept half are right, of all 30%, so that precision is at the limit and the lift is not;
- lift: 80% are right, and the judge keeps at random;
- sweep: half are right, and the score tells nothing: a GO at any of twenty thresholds is false;
- power: 75% of the kept are right, 55% of all.

- sizes: prompts have different numbers of candidates, all kept, small prompts are right and large ones wrong, half of
  the candidates in all: precision passes, and passes without a warning (:mod:`uncollapse.proxy.fullest`).

A GO is false in at most 2.5% of runs where the line says "false". The bootstrap over prompts (2.5% quantile of kept
precision above a half, ten prompts at least) is what decided before. Each row is the largest over kept shares of 10
and 50%; the last lines look for the worst among random distributions of three kinds of prompts, all outcomes counted.
"""

from __future__ import annotations

import argparse
import itertools
import math
from dataclasses import replace

import numpy as np
from scipy import optimize

from uncollapse.proxy.exact import ERROR, Gap, Share, kept_precision
from uncollapse.proxy.fixed_sequence import passing, start
from uncollapse.proxy.fullest import largest_prompt
from uncollapse.proxy.tally import Candidates, Counts, nested, tally

PROMPTS = (10, 20, 50, 200, 2000)
WIDTHS = (1, 8, 64)
CORRELATIONS = ("0", "0.3", "1", "skewed")
SHARES = (0.1, 0.5)
SWEPT = np.arange(0.05, 1.0001, 0.05)


def draw_right(rng: np.random.Generator, prompts: int, width: int, share: float, kind: str) -> np.ndarray:
    """Which candidates (N, W) are right, a given share of them on average."""
    if kind == "skewed":
        chance = np.where(rng.random(prompts) < 0.2, 0.0, share / 0.8)
    elif kind == "0":
        chance = np.full(prompts, share)
    elif kind == "1":
        chance = (rng.random(prompts) < share).astype(float)
    else:
        strength = 1 / float(kind) - 1
        chance = rng.beta(share * strength, (1 - share) * strength, size=prompts)
    return rng.random((prompts, width)) < chance[:, None]


def judge(rng: np.random.Generator, right: np.ndarray, pool: float, precision: float, kept_share: float) -> np.ndarray:
    """Which candidates (N, W) are kept: a share of all, of which a share is right, both on average."""
    phi, psi = kept_share * precision / pool, kept_share * (1 - precision) / (1 - pool)
    scale = max(1.0, phi, psi)
    return rng.random(right.shape) < np.where(right, phi, psi) / scale


def counted(right: np.ndarray, kept: np.ndarray) -> Counts:
    """Counts of candidates (N, W) by prompt."""
    prompts = np.repeat(np.arange(len(right)), right.shape[1]) if right.shape[1] > 1 else None
    return tally(Candidates(kept.ravel(), right.ravel(), prompts=prompts))


def go(counts: Counts) -> bool:
    """Whether both tests pass at one half."""
    if not counts.kept or kept_precision(counts).chance_of_at_most(0.5) > ERROR:
        return False
    return Gap(counts).chance_of_at_most(0.0) <= ERROR


def bootstrap_go(counts: Counts, rng: np.random.Generator) -> bool:
    """Whether the percentile bootstrap over prompts calls it a GO, as this tool did before."""
    kept_prompts = counts.prompts[counts.patterns[:, 2:].sum(1) > 0].sum()
    if kept_prompts < 10:
        return False
    share = counts.prompts / counts.prompts.sum()
    drawn = rng.multinomial(int(counts.prompts.sum()), share, size=200) @ counts.patterns
    with np.errstate(invalid="ignore", divide="ignore"):
        return bool(np.nanquantile(drawn[:, 3] / (drawn[:, 2] + drawn[:, 3]), ERROR) > 0.5)


def sweep_go(rng: np.random.Generator, right: np.ndarray) -> bool:
    """Whether any threshold on a score that tells nothing is a GO."""
    prompts = np.repeat(np.arange(len(right)), right.shape[1]) if right.shape[1] > 1 else None
    candidates = Candidates(np.zeros(right.size, bool), right.ravel(), prompts=prompts)
    level = np.searchsorted(SWEPT, rng.permutation(right.size) / right.size, side="right")
    chances, kept_prompts = [], []
    for counts in nested(candidates, level, len(SWEPT)):
        share = kept_precision(counts)
        kept_prompts.append(share.prompts.sum())
        chance = share.chance_of_at_most(0.5)
        chances.append(max(chance, Gap(counts).chance_of_at_most(0.0)) if chance <= ERROR else chance)
    first = start(kept_prompts, int(counts.prompts.sum()))
    return any(passing(chances, first))


def rate(runs: int, question: str, prompts: int, width: int, kind: str, share: float) -> tuple[float, float]:
    """Shares of runs that are a GO, by the tests and by the bootstrap."""
    rng = np.random.default_rng([prompts, width, CORRELATIONS.index(kind), int(100 * share)])
    pool, precision = {"threshold": (0.3, 0.5), "lift": (0.8, 0.8), "sweep": (0.5, 0.5), "power": (0.55, 0.75)}[
        question
    ]
    exact = before = 0
    for _ in range(runs):
        right = draw_right(rng, prompts, width, pool, kind)
        if question == "sweep":
            exact += sweep_go(rng, right)
            continue
        counts = counted(right, judge(rng, right, pool, precision, share))
        exact += go(counts)
        before += bootstrap_go(counts, rng) if question != "lift" else 0
    return exact / runs, before / runs


SIZES = {
    "1 to 8, all alike": lambda rng, number: rng.integers(1, 9, number),
    "geometric, mean 3.3": lambda rng, number: rng.geometric(0.3, number),
    "lognormal, sigma 1": lambda rng, number: np.ceil(rng.lognormal(1, 1, number)).astype(int),
    "lognormal, sigma 1.5": lambda rng, number: np.ceil(rng.lognormal(1, 1.5, number)).astype(int),
    "Zipf 2, up to 64": lambda rng, number: np.minimum(rng.zipf(2.0, number), 64),
    "one in a hundred has 99": lambda rng, number: np.where(rng.random(number) < 0.01, 99, 1),
}


def unequal(runs: int, sizes: str, prompts: int) -> tuple[float, float]:
    """Shares of runs in which precision passes at a true one of one half, and passes without a warning."""
    every = np.sort(SIZES[sizes](np.random.default_rng(1), 200_000))
    limit = every[np.searchsorted(np.cumsum(every), every.sum() / 2)]
    at_limit = (every.sum() / 2 - every[every < limit].sum()) / every[every == limit].sum()
    rng = np.random.default_rng([prompts, [*SIZES].index(sizes)])
    passes = unwarned = 0
    for _ in range(runs):
        size = SIZES[sizes](rng, prompts)
        good = (size < limit) | ((size == limit) & (rng.random(prompts) < at_limit))
        place = np.repeat(np.arange(prompts), size)
        candidates = Candidates(np.ones(len(place), bool), good[place], prompts=place)
        counts = tally(candidates)
        if kept_precision(counts).chance_of_at_most(0.5) <= ERROR:
            passes += 1
            larger = replace(counts, most=largest_prompt(counts, candidates))
            unwarned += kept_precision(larger).chance_of_at_most(0.5) <= ERROR
    return passes / runs, unwarned / runs


def worst_of_random_kinds(tried: int, rng: np.random.Generator) -> tuple[float, int]:
    """The largest chance of a false pass among random distributions of three kinds of prompts, and how many were tried.

    Prompts have up to eight candidates, any number kept, any number of these right; their mean is at the limit.
    """
    worst = done = 0
    while done < tried:
        number, most, least = int(rng.choice([6, 8, 10, 15, 20])), int(rng.choice([1, 2, 4, 8])), rng.choice([0.5, 0.8])
        kept = rng.integers(0, most + 1, 3)
        right = rng.integers(0, kept + 1)
        gain = right - least * kept
        if gain.max() <= 0 or gain.min() >= 0:
            continue
        odds = rng.dirichlet(np.full(3, 0.7))
        up, down = (odds * gain)[gain > 0].sum(), -(odds * gain)[gain < 0].sum()
        odds = np.where(gain > 0, odds / up, np.where(gain < 0, odds / down, odds))
        odds /= odds.sum()
        size = 0.0
        for first in range(number + 1):
            for second in range(number + 1 - first):
                seen = np.array([first, second, number - first - second])
                if seen @ gain <= 0:
                    continue
                ways = math.factorial(number) / math.prod(math.factorial(int(one)) for one in seen)
                if Share(right, kept - right, seen, most).chance_of_at_most(least) <= ERROR:
                    size += ways * float(np.prod(odds**seen))
        worst, done = max(worst, size), done + 1
    return worst, tried


def worst_lift_of_random_kinds(tried: int, rng: np.random.Generator) -> float:
    """The largest chance of a GO among random distributions of three kinds of prompts whose lift is zero.

    Prompts have up to eight candidates, kept and dropped in any way; more than half of what is kept is right.
    """
    worst, done = 0.0, 0
    while done < tried:
        number, most = int(rng.choice([8, 10, 12])), int(rng.choice([2, 4, 8]))
        kept = rng.integers(0, most + 1, 3)
        dropped = np.where(rng.random(3) < 0.7, most - kept, rng.integers(0, most - kept + 1))
        right, others = rng.integers(0, kept + 1), rng.integers(0, dropped + 1)
        kinds = np.stack([dropped - others, others, kept - right, right], 1)
        ends = rng.dirichlet(np.full(3, 0.7), size=2)
        if (kinds.sum(1) == 0).any() or _lift(ends[0] @ kinds) * _lift(ends[1] @ kinds) >= 0:
            continue
        at = optimize.brentq(lambda x, ends=ends, kinds=kinds: _lift((ends[0] + x * (ends[1] - ends[0])) @ kinds), 0, 1)
        odds = ends[0] + at * (ends[1] - ends[0])
        _, _, wrong, good = odds @ kinds
        if good <= wrong:
            continue
        size = 0.0
        for first in range(number + 1):
            for second in range(number + 1 - first):
                seen = np.array([first, second, number - first - second])
                if _lift(seen @ kinds) <= 0:
                    continue
                ways = math.factorial(number) / math.prod(math.factorial(int(one)) for one in seen)
                chance, some = ways * float(np.prod(odds**seen)), seen > 0
                labels, largest = seen @ kinds, float(kinds[some].sum(1).max())
                counts = Counts(kinds[some], seen[some], float(labels[2:].sum()), float(labels[:2].sum()), largest)
                if chance > 1e-5 and go(counts):
                    size += chance
        worst, done = max(worst, size), done + 1
    return worst


def _lift(labels: np.ndarray) -> float:
    """Above zero where what is kept is right more often than what is dropped, of labels (4,) by kind."""
    return float(labels[3] * labels[:2].sum() - labels[1] * labels[2:].sum())


def main() -> None:
    """Print the grid."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=500)
    options = parser.parse_args()
    print(f"GO in % of {options.runs:,} audits, the largest over kept shares of 10 and 50%")
    print("                                 false GO at the limit           true GO")
    print("prompts  each       r    threshold  (bootstrap)   lift  sweep      power")
    largest = dict.fromkeys(("threshold", "bootstrap", "lift", "sweep"), 0.0)
    for prompts, width, kind in itertools.product(PROMPTS, WIDTHS, CORRELATIONS):
        if (width == 1 and kind != "0") or (width == 64 and prompts not in (20, 200)):
            continue
        found = dict.fromkeys(("threshold", "lift", "power"), 0.0)
        before = 0.0
        for question, share in itertools.product(found, SHARES):
            runs = options.runs if question != "power" else max(1, options.runs // 4)
            exact, bootstrap = rate(runs, question, prompts, width, kind, share)
            found[question] = max(found[question], exact)
            before = max(before, bootstrap) if question == "threshold" else before
        found["sweep"] = rate(max(1, options.runs // 2), "sweep", prompts, width, kind, 0.0)[0]
        found["bootstrap"] = before
        largest = {name: max(value, found[name]) for name, value in largest.items()}
        cells = (100 * found[name] for name in ("threshold", "bootstrap", "lift", "sweep", "power"))
        text = "{:10.1f} {:12.1f} {:6.1f} {:6.1f} {:10.0f}".format(*cells)
        print(f"{prompts:7,} {width:5} {kind:>7}   {text}", flush=True)
    cells = (100 * largest[name] for name in ("threshold", "bootstrap", "lift", "sweep"))
    print("largest                  {:10.1f} {:12.1f} {:6.1f} {:6.1f}".format(*cells))
    print("candidates of a prompt      prompts  passes  without a warning")
    for sizes, prompts in itertools.product(SIZES, (20, 60, 200)):
        passes, unwarned = unequal(options.runs, sizes, prompts)
        print(f"{sizes:27} {prompts:7,} {100 * passes:7.1f} {100 * unwarned:18.1f}", flush=True)
    size, tried = worst_of_random_kinds(5 * options.runs, np.random.default_rng(0))
    print(f"worst of {tried:,} random kinds of prompts, every outcome counted: {100 * size:.2f}%")
    size = worst_lift_of_random_kinds(options.runs, np.random.default_rng(0))
    print(f"worst GO of {options.runs:,} random kinds of prompts with a lift of zero: {100 * size:.2f}%")


if __name__ == "__main__":
    main()
