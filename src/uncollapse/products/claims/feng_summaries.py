"""Feng et al. 2024, section 5.3: every claim on summaries, from the frames of one text experiment.

Figure 4 of v1: students of four selectors, against the generator and all original answers. Of verifiers: what p_* says
of them, and what their own accuracy does not. Comparisons are paired over the same test articles, and within draws of
the pool: each has a generator and students of its own, and is the unit of replication where there are several. With one
draw they hold for that one, and the spread over students' seeds, pooled over all, counts beside the sampling of
articles.
"""

import math
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pandas as pd

from uncollapse.analysis.formatting import interval
from uncollapse.analysis.summary_scores import POINTS, SummaryRun, SummaryScores, breakdown_points
from uncollapse.analysis.verdict import Finding, Part, best_of
from uncollapse.statistics.estimate import Estimate
from uncollapse.statistics.rank_correlation import Ranks

# "About random" and "near equality" are said of curves in a figure that differ by less than this, in ROUGE-1 points.
ABOUT = 0.5
_AS_GOOD = f"As good as the generator means not below it by more than {ABOUT:g} points."
# the values of p_*: what keeps all has one half, what knows the truth has one
BETWEEN = (0.5 - 1e-9, 1 + 1e-9)
_FOUR = ("oracle", "weak", "self", "random")


def check(
    *,
    text_outcomes: pd.DataFrame,
    text_datasets: pd.DataFrame,
    text_proxy: pd.DataFrame,
    text_baselines: pd.DataFrame,
    further_models: pd.DataFrame,
    train_share: float,
    labellers: pd.DataFrame,
) -> list[Finding]:
    """Findings on all claims of this module."""
    scores = SummaryScores(outcomes=text_outcomes, datasets=text_datasets, further=further_models, labellers=labellers)
    means = text_baselines[text_baselines["metric"] == "rouge1"].groupby("baseline")["value"].mean()
    run = SummaryRun(
        scores=scores,
        stars=breakdown_points(text_proxy),
        train_share=train_share,
        baselines={str(name): POINTS * float(value) for name, value in means.items()},
    )
    return [
        random_is_worse_than_original(run),
        random_approaches_the_generator(run),
        oracle_is_best(run),
        oracle_beats_all_original_answers(run),
        self_selection_beats_the_generator(run),
        stronger_model_selects_like_chance(run),
        unselected_stays_below_original(run),
        relation_matters_more_than_accuracy(run),
        students_follow_breakdown_points(run),
        *imperfect_verifiers_suffice(run),
        proxies_lie_between(run),
    ]


def random_is_worse_than_original(run: SummaryRun) -> Finding:
    """feng-F4-a: students of random candidates, as many as the generator's originals, are worse than the generator."""
    name = run.datasets("random").get(run.train_share)
    parts = [] if name is None else [Part(run.words[name], run.gain(name), -math.inf, 0.0)]
    needs = f"It takes students of random candidates of {100 * run.train_share:g}% of the pool, the generator's share."
    return run.finding(
        "feng-F4-a",
        "student of random candidates minus generator, trained on as many originals (ROUGE-1 points)",
        parts,
        needs=needs,
    )


def random_approaches_the_generator(run: SummaryRun) -> Finding:
    """feng-F4-b: with more random candidates students rise towards the generator and do not pass it."""
    names = list(run.datasets("random").values())
    parts = [run.part(more, fewer) for fewer, more in pairwise(names)]
    if parts:
        parts.append(run.part(names[-1], None, -math.inf, ABOUT))
    return run.finding(
        "feng-F4-b",
        "student of random candidates, more minus fewer, and minus generator (ROUGE-1 points)",
        parts,
        needs="It takes students of random candidates at two shares or more.",
        after=f"Not passing means by less than {ABOUT:g} points.",
    )


def oracle_is_best(run: SummaryRun) -> Finding:
    """feng-F4-c: oracle selection beats the generator and all other selectors, at every share."""
    parts = []
    for share, name in run.datasets("oracle").items():
        others = [other for role in _FOUR[1:] if (other := run.datasets(role).get(share)) is not None]
        parts += [run.part(name, other) for other in (None, *others)]
    return run.finding(
        "feng-F4-c",
        "oracle minus generator, and minus other selectors (ROUGE-1 points)",
        parts,
        needs="It takes students of candidates that an oracle selected.",
    )


def oracle_beats_all_original_answers(run: SummaryRun) -> Finding:
    """feng-F4-d: the smallest share of oracle-selected candidates beats all original answers."""
    parts = []
    for name in list(run.datasets("oracle").values())[:1]:
        gap = run.over_original(name)
        parts += [Part(f"{run.words[name]} minus all original answers", gap)] if gap is not None else []
    return run.finding(
        "feng-F4-d",
        "oracle-selected share minus all original answers (ROUGE-1 points)",
        parts,
        needs="It takes an oracle's students, and a model on all original answers.",
    )


def self_selection_beats_the_generator(run: SummaryRun) -> Finding:
    """feng-F4-e: students of what the generator is surest of beat the generator."""
    return run.finding(
        "feng-F4-e",
        "self-selection minus generator (ROUGE-1 points)",
        [run.part(name) for name in run.datasets("self").values()],
        needs="It takes students of self-selected candidates.",
    )


def stronger_model_selects_like_chance(run: SummaryRun) -> Finding:
    """feng-F4-f: selection by a stronger model is about as good as random, and worse than self-selection."""
    parts = []
    for share, name in run.datasets("weak").items():
        chance, own = run.datasets("random").get(share), run.datasets("self").get(share)
        parts += [run.part(name, chance, -ABOUT, ABOUT)] if chance else []
        parts += [run.part(name, own, -math.inf, 0.0)] if own else []
    return run.finding(
        "feng-F4-f",
        "selection by a stronger model minus random and minus self-selection (ROUGE-1 points)",
        parts,
        needs="It takes students of candidates that a stronger model selected.",
        after=f"About as good means within {ABOUT:g} points.",
        premise=_premise(run),
    )


def _premise(run: SummaryRun) -> Part | None:
    """Lead of the stronger model over the generator, which claims on it suppose; None where there is none."""
    model = run.weak_model()
    if model is None:
        return None
    return Part("the stronger model's own score minus the generator's", run.gain(model))


def unselected_stays_below_original(run: SummaryRun) -> Finding:
    """feng-S1-a (summaries): students of unselected candidates stay below all original answers at every volume."""
    names = list({**run.datasets("random"), **run.datasets("all")}.values())
    gaps = {name: run.over_original(name) for name in names} if len(names) > 1 else {}
    parts = [
        Part(f"{run.words[name]} minus all original answers", gap, -math.inf, 0.0) for name, gap in gaps.items() if gap
    ]
    needs = "Summaries: it takes students of unselected candidates in two amounts, and a model on all original answers."
    return run.finding(
        "feng-S1-a",
        "student of unselected summaries minus all original answers (ROUGE-1 points)",
        parts,
        needs=needs,
        before="Summaries.",
    )


def relation_matters_more_than_accuracy(run: SummaryRun) -> Finding:
    """feng-F4-g: the stronger model has the lower p_* and the worse students than the generator as its own verifier."""
    parts = []
    for share, name in run.datasets("weak").items() if run.weak_model() is not None else ():
        own = run.datasets("self").get(share)
        if own is None or not {own, name} <= run.stars.keys():
            continue
        told = f"{run.words[own]} minus {run.words[name]}"
        parts.append(Part(f"p* (in hundredths) of {told}", _star_gap(run.stars[own], run.stars[name])))
        parts.append(Part(f"students of {told}", run.gain(own, name)))
    needs = "It takes students of self-selection and of selection by a stronger model, at one share."
    return run.finding(
        "feng-F4-g",
        "p* and students of self-selection minus those of the stronger verifier (ROUGE-1 points)",
        parts,
        needs=needs,
        after=_listed(run),
        premise=_premise(run),
    )


def students_follow_breakdown_points(run: SummaryRun) -> Finding:
    """fengv2-F5-a: at each share, verifiers with higher p_* give better students."""
    judged = [name for name in run.students if name in run.stars]
    parts = []
    if len(judged) > 1:
        draws = run.design.draws(judged, rng=np.random.default_rng(0))
        of_ranks = Ranks({"p*": [run.stars[name].value for name in judged]}, [run.mean(name) for name in judged], draws)
        correlation = of_ranks.correlation("p*")
        parts.append(Part(f"rank correlation over {len(judged)} data sets", correlation, unit="correlation"))
    for high in judged:
        for low in judged:
            same = run.share(high) == run.share(low)
            if same and run.stars[high].low > run.stars[low].high:
                parts.append(run.part(high, low))
    return run.finding(
        "fengv2-F5-a",
        "rank correlation of p* with ROUGE-1 over verifiers, shares and seeds; students of higher minus lower p*",
        parts,
        needs="It takes students of at least two selectors.",
        after=f"{_listed(run)} Compared are selectors of one share whose p* intervals do not touch.",
    )


def imperfect_verifiers_suffice(run: SummaryRun) -> list[Finding]:
    """fengv2-abs-a (summaries): students of imperfect verifiers with p_* clearly above one half reach the generator.

    Its three readings are those of :mod:`uncollapse.products.claims.feng_verifier_proxy`.
    """
    names = [name for role in ("weak", "self") for name in run.datasets(role).values()]
    chosen = [name for name in names if name in run.stars and run.stars[name].low > 0.5]
    every = [run.part(name) for name in chosen]
    best = best_of(every)
    return [
        run.finding(
            "fengv2-abs-a",
            f"student of {which} imperfect verifier of summaries minus generator (ROUGE-1 points)",
            parts,
            needs="Summaries: it takes students of an imperfect verifier whose p* is clearly above one half.",
            before="Summaries.",
            after=" ".join(filter(None, (told, _listed(run)))),
            reading=reading,
            some=reading != 1,
        )
        for reading, which, parts, told in (
            (1, "every", every, ""),
            (2, "the best", best, ""),
            (0, "the best", [replace(part, low_limit=-ABOUT) for part in best], _AS_GOOD),
        )
    ]


def proxies_lie_between(run: SummaryRun) -> Finding:
    """fengv2-Th4.2-a (summaries): p_* of each selector that judges lies between one half, that of chance, and one.

    That of a random choice is one half, so that its interval reaches below it however many candidates there are.
    """
    chance = set(run.datasets("random").values())
    parts = [
        Part(run.words.get(name, name), star, *BETWEEN, unit="ratio")
        for name, star in run.stars.items()
        if name in run.students and name not in chance
    ]
    return run.finding(
        "fengv2-Th4.2-a",
        "p* of each selector of summaries; from 0.5 to 1",
        parts,
        needs="Summaries: it takes students of a selector.",
        before="Summaries.",
    )


def _star_gap(first: Estimate, second: Estimate) -> Estimate:
    """Difference of two p_* in hundredths, its interval from theirs as if independent (both rest on one pool)."""
    half = [np.hypot(first.value - first.low, second.high - second.value)]
    half.append(np.hypot(first.high - first.value, second.value - second.low))
    value = 100 * (first.value - second.value)
    return Estimate(value, value - 100 * float(half[0]), value + 100 * float(half[1]))


def _listed(run: SummaryRun) -> str:
    listed = (
        f"{run.words.get(name, name)}: {interval(star.value, star.low, star.high, 2)}"
        for name, star in run.stars.items()
    )
    return f"p*: {', '.join(listed)}."
