"""Feng et al. 2024 on verifiers of summaries: what p_* says of them, and what their own accuracy does not."""

import numpy as np

from uncollapse.analysis.correctness import over_seeds_and_prompts
from uncollapse.analysis.formatting import interval
from uncollapse.analysis.summary_run import SummaryRun
from uncollapse.analysis.verdict import Finding, Part
from uncollapse.statistics.estimate import Estimate
from uncollapse.statistics.rank_correlation import interval as interval_of_ranks

# the values of p_*: what keeps all has one half, what knows the truth has one
BETWEEN = (0.5 - 1e-9, 1 + 1e-9)


def relation_matters_more_than_accuracy(run: SummaryRun) -> Finding:
    """feng-F4-g: the stronger model has the lower p_* and the worse students than the generator as its own verifier."""
    parts, model = [], run.weak_model()
    if model is not None:
        ahead = over_seeds_and_prompts(run.scores.of(model)[None] - run.generator, one_seed_suffices=True)
        for share, name in run.datasets("weak").items():
            own = run.datasets("self").get(share)
            if own is None or not {own, name} <= run.stars.keys():
                continue
            told = f"{run.words[own]} minus {run.words[name]}"
            parts.append(Part(f"p* (in hundredths) of {told}", _star_gap(run.stars[own], run.stars[name])))
            parts.append(Part(f"students of {told}", run.gain(own, name)))
        stronger = f"the model '{model.rpartition('-seed')[0].replace('_', ' ')}'"
        parts = [Part(f"{stronger} minus generator", ahead), *parts] if parts else []
    needs = "It takes students of self-selection and of selection by a stronger model, at one share."
    return run.finding(
        "feng-F4-g",
        "own score of the stronger verifier, p*, and students (ROUGE-1 points)",
        parts,
        needs=needs,
        after=_listed(run),
    )


def students_follow_breakdown_points(run: SummaryRun) -> Finding:
    """fengv2-F5-a: at each share, verifiers with higher p_* give better students."""
    judged = [name for name in run.students if name in run.stars]
    parts = []
    if len(judged) > 1:
        correlation = interval_of_ranks(
            [run.stars[name].value for name in judged], [run.students[name].mean() for name in judged]
        )
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


def imperfect_verifiers_suffice(run: SummaryRun) -> Finding:
    """fengv2-abs-a (summaries): students of imperfect verifiers with p_* clearly above one half reach the generator."""
    names = [name for role in ("weak", "self") for name in run.datasets(role).values()]
    chosen = [name for name in names if name in run.stars and run.stars[name].low > 0.5]
    return run.finding(
        "fengv2-abs-a",
        "student of an imperfect verifier of summaries minus generator (ROUGE-1 points)",
        [run.part(name) for name in chosen],
        needs="Summaries: it takes students of an imperfect verifier whose p* is clearly above one half.",
        before="Summaries.",
        after=_listed(run),
    )


def proxies_lie_between(run: SummaryRun) -> Finding:
    """fengv2-Th4.2-a (summaries): p_* of each selector lies between one half, that of chance, and one."""
    parts = [
        Part(run.words.get(name, name), star, *BETWEEN, unit="ratio")
        for name, star in run.stars.items()
        if name in run.students
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
