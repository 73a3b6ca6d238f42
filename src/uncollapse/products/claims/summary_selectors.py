"""Feng et al. 2024 (v1), Figure 4: students of four selectors, against the generator and all original answers."""

import math
from itertools import pairwise

from uncollapse.analysis.correctness import over_seeds_and_prompts
from uncollapse.analysis.summary_run import SummaryRun
from uncollapse.analysis.verdict import Finding, Part, phrase

# "About random" and "near equality" are said of curves in a figure that differ by less than this, in ROUGE-1 points.
ABOUT = 0.5
_FOUR = ("oracle", "weak", "self", "random")


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
        after=f"About as good means within {ABOUT:g} points. {_premise(run)}",
    )


def _premise(run: SummaryRun) -> str:
    """A sentence on how much stronger the stronger model is."""
    model = run.weak_model()
    if model is None:
        return ""
    ahead = over_seeds_and_prompts(run.scores.of(model)[None] - run.generator, one_seed_suffices=True)
    return f"The claim supposes a stronger model; {phrase(Part('its own score minus the generator', ahead))}."


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
