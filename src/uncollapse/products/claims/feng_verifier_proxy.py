"""Feng et al., second version: p_* against the accuracy of students (Figure 4), and imperfect verifiers (abstract)."""

import math

from uncollapse.analysis.formatting import number
from uncollapse.analysis.grouped_run import GroupedRun
from uncollapse.analysis.pooled_seeds import SeedSpread
from uncollapse.analysis.verdict import Finding, Part, conclude
from uncollapse.analysis.verifier_quality import BETWEEN, IMPARTIAL, Point, comparable, correlation, in_words, misled

_NEEDS = "It takes students of at least four verifiers whose p* differ, and of unselected labels, in equal amounts."


def accuracy_follows_the_proxy(run: GroupedRun, found: list[Point]) -> Finding:
    """fengv2-F4-a: accuracy at 1% rises with p_*, is lowest without a verifier, and there below the generator.

    Judged on verifiers that look at a label's error alone; the others are told of, and where p_* misleads.
    """
    parts, opening, closing = [], "", ""
    every = comparable(found)
    words = _with_p_star(every)
    judged = [point for point in every if point.kind in IMPARTIAL]
    none = next((point for point in judged if not point.kind), None)
    if none is not None and len(judged) >= 4:
        spread = SeedSpread.of(point.solved for point in every)
        rank = correlation(judged)
        parts.append(Part(f"rank correlation over {len(judged)} verifiers", rank, unit="correlation"))
        for point in judged:
            if point is not none:
                gain = spread.difference(point.solved, none.solved)
                parts.append(Part(f"{words[point.dataset]} minus unselected", gain))
        collapse = spread.difference(none.solved, run.generator(0.01), fixed=True)
        parts.append(Part("unselected minus generator", collapse, -math.inf, 0.0))
        opening = (
            f"Accuracy at 1% of students of {none.rows:,} examples, against the p* of the verifier that chose them. "
            "Judged on verifiers that look at a label's error alone."
        )
        overall = correlation(every)
        closing = (
            f"Over all {len(every)} verifiers the rank correlation is {number(overall.value, 2)} "
            f"[{number(overall.low, 2)}, {number(overall.high, 2)}]. {_where_it_misleads(every)} {spread.words}"
        )
    statistic = "Spearman's rank correlation of p* with accuracy at 1%"
    return conclude("fengv2-F4-a", statistic, parts, needs=_NEEDS, opening=opening, closing=closing)


def imperfect_verifiers_suffice(run: GroupedRun, found: list[Point], still_improving: str = "") -> Finding:
    """fengv2-abs-a (eigenvalues): students of noisy verifiers with p_* above one half are as good as the generator."""
    words = _with_p_star(comparable(found))
    spread = SeedSpread.of(point.solved for point in comparable(found))
    parts = [
        Part(words[point.dataset], spread.difference(point.solved, run.generator(0.02), fixed=True))
        for point in comparable(found)
        if point.imperfect
    ]
    return conclude(
        "fengv2-abs-a",
        "student of a noisy verifier minus generator (percentage points at 2%)",
        parts,
        needs="Eigenvalues: it takes students of a noisy verifier with p* above one half.",
        opening="Eigenvalues.",
        closing=" ".join(filter(None, (still_improving, spread.words))),
    )


def proxies_lie_between(found: list[Point]) -> Finding:
    """fengv2-Th4.2-a (eigenvalues): p_* of each verifier lies between one half and one."""
    words = in_words(found)
    return conclude(
        "fengv2-Th4.2-a",
        "p* of each verifier of eigenvalues; from 0.5 to 1",
        [Part(words[point.dataset], point.p_star, *BETWEEN, unit="ratio") for point in found],
        needs="Eigenvalues: it takes students of several verifiers.",
        opening="Eigenvalues.",
    )


def _with_p_star(found: list[Point]) -> dict[str, str]:
    """Words for what each data set holds, with its p*."""
    words = in_words(found)
    return {point.dataset: f"{words[point.dataset]} (p* {number(point.p_star.value, 2)})" for point in found}


def _where_it_misleads(found: list[Point]) -> str:
    pair = misled(found)
    if pair is None:
        return "No verifier with a clearly higher p* has worse students."
    high, low = pair
    words = in_words(found)
    told = (f"{words[point.dataset]} (p* {number(point.p_star.value, 2)}, {number(point.accuracy)}%)" for point in pair)
    text = f"p* misleads most between {' and '.join(told)}"
    if high.shift > low.shift:
        text += (
            f": the first keeps easier matrices, with a sum of |eigenvalues| {number(high.shift, 2)} times the average "
            f"(the other {number(low.shift, 2)} times). p* counts right and wrong labels, not which prompts are left"
        )
    return text + "."
