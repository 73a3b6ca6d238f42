"""Feng et al., second version: p_* against the accuracy of students (Figure 4), and imperfect verifiers (abstract)."""

import math
from dataclasses import replace

from uncollapse.analysis.formatting import number
from uncollapse.analysis.labellers import THEMSELVES, Design
from uncollapse.analysis.verdict import Finding, Part, best_of, conclude
from uncollapse.analysis.verifier_quality import Point, in_words, misled, ranks
from uncollapse.products.claims.feng_summaries import BETWEEN
from uncollapse.statistics.rank_correlation import Ranks

_NEEDS = "It takes students of at least four selections whose p* differ, and of unselected labels, in equal amounts."
IMPARTIAL = ("", "tolerance", "noisy")  # kinds of verifiers that look at a label's error alone
P_STAR, SHARE = "p*", "effective share"
# Table 1 of v1, verify-best, moves by up to 1.0 point, which its authors call no change
AS_GOOD = 1.0
_AS_GOOD = f"As good as the generator means not below it by more than {AS_GOOD:g} point."


def accuracy_follows_the_proxy(design: Design, found: list[Point]) -> Finding:
    """fengv2-F4-a: accuracy rises with p_* over all selections; without one it is lowest, and below the generator."""
    parts, opening, closing = [], "", ""
    words = _with_p_star(found)
    none = next((point for point in found if point.p_star.value == 0.5), None)
    if none is not None and len(found) >= 4:
        of_ranks = ranks(found, design)
        rank = of_ranks.correlation(P_STAR)
        parts.append(Part(f"rank correlation over {len(found)} selections", rank, unit="correlation"))
        for point in found:
            if point is not none:
                gain = design.difference(point.dataset, none.dataset)
                parts.append(Part(f"{words[point.dataset]} minus unselected", gain))
        collapse = design.difference(none.dataset, THEMSELVES)
        parts.append(Part("unselected minus generator", collapse, -math.inf, 0.0))
        opening = f"Accuracy at 2% of students of {none.rows:,} examples, against p* at 2% of what chose them."
        closing = f"{what_foretells(of_ranks)} {_where_it_misleads(found)} {design.words}"
    statistic = "Spearman's rank correlation of p* with accuracy at 2%, over all selections of the run"
    return conclude("fengv2-F4-a", statistic, parts, needs=_NEEDS, opening=opening, closing=closing)


def accuracy_follows_impartial_verifiers(design: Design, found: list[Point]) -> Finding:
    """fengv2-F4-a, first reading: over verifiers that look at a label's error alone."""
    judged = [point for point in found if point.kind in IMPARTIAL and point.settings["select"] != "best"]
    parts = []
    if len(judged) >= 4:
        rank = ranks(judged, design).correlation(P_STAR)
        parts.append(Part(f"rank correlation over {len(judged)} verifiers", rank, unit="correlation"))
    statistic = (
        "Spearman's rank correlation of p* with accuracy at 2%, over verifiers that look at a label's error alone"
    )
    return conclude("fengv2-F4-a", statistic, parts, needs=_NEEDS, closing=design.words, reading=1)


def what_foretells(of_ranks: Ranks) -> str:
    """Sentences on what ranks the students: p_*, coverage, or both, with numbers."""
    told = []
    for name, other in ((P_STAR, SHARE), (SHARE, P_STAR)):
        found = of_ranks.correlation(name)
        told.append(
            f"{name} ranks students with a correlation of {number(found.value, 2)} (permutation p "
            f"{of_ranks.p_value(name):.2g}; {number(of_ranks.partial(name, other), 2)} with {other} held fixed)"
        )
    both = of_ranks.explained(P_STAR, SHARE)
    return (
        f"{'; '.join(told)}. Of the variance of students' ranks p* explains "
        f"{number(100 * of_ranks.explained(P_STAR), 0)}%, the effective share "
        f"{number(100 * of_ranks.explained(SHARE), 0)}%, both {number(100 * both, 0)}% (p "
        f"{of_ranks.p_value(P_STAR, SHARE):.2g})."
    )


def imperfect_verifiers_suffice(design: Design, found: list[Point], still_improving: str = "") -> list[Finding]:
    """fengv2-abs-a (eigenvalues): students of a noisy verifier with p_* above one half are as good as the generator.

    The abstract says that imperfect verifiers can prevent collapse, so one of them is enough (the best, with an
    interval that holds for all of them at once), and that it is as good, not better. Read first as every one of them,
    better; then as one of them, better. That none of those tried is leaves open whether another one would be.
    """
    words = _with_p_star(found)
    every = [
        Part(words[point.dataset], design.difference(point.dataset, THEMSELVES)) for point in found if point.imperfect
    ]
    best = best_of(every)
    return [
        conclude(
            "fengv2-abs-a",
            f"students of {which} noisy verifier minus generator (percentage points at 2%)",
            parts,
            needs="Eigenvalues: it takes students of a noisy verifier with p* above one half.",
            opening="Eigenvalues.",
            closing=" ".join(filter(None, (told, still_improving, design.words))),
            reading=reading,
            some=reading != 1,
        )
        for reading, which, parts, told in (
            (1, "every", every, ""),
            (2, "the best", best, ""),
            (0, "the best", [replace(part, low_limit=-AS_GOOD) for part in best], _AS_GOOD),
        )
    ]


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
        return "No selection with a clearly higher p* has worse students."
    high, low = pair
    words = in_words(found)
    told = (f"{words[point.dataset]} (p* {number(point.p_star.value, 2)}, {number(point.accuracy)}%)" for point in pair)
    text = f"p* misleads most between {' and '.join(told)}"
    if high.share < low.share:
        text += (
            f": what the first keeps covers the prompts with an effective share of {number(high.share, 2)}, the other "
            f"with {number(low.share, 2)}. p* counts right and wrong labels, not which prompts are left"
        )
    return text + "."
