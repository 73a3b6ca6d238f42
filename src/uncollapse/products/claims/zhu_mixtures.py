"""Zhu et al. 2024, section 2.1 and appendix B: what the machine-written share of training text does to perplexity."""

import math
from collections.abc import Hashable
from itertools import pairwise

import numpy as np
import pandas as pd

from uncollapse.analysis.contrasts import absolute, percent, relative
from uncollapse.analysis.mixture_scores import (
    average_of_human,
    controlled,
    human_log_perplexity,
    mixtures,
    plain,
    spaced,
)
from uncollapse.analysis.verdict import Finding, Part, conclude, phrase
from uncollapse.products.claims import zhu_selected_text
from uncollapse.statistics.estimate import Estimate
from uncollapse.statistics.intervals import picked
from uncollapse.statistics.replicates import Replicates

SHARE = "machine_share_percent"


def check(
    *, perplexities: pd.DataFrame, pretraining_curves: pd.DataFrame, trained_models: pd.DataFrame
) -> list[Finding]:
    """Findings on the plain mixtures of the first architecture."""
    scores = mixtures(perplexities, trained_models)
    averages = average_of_human(scores)
    geometric = Replicates.of(human_log_perplexity(scores), SHARE, "log_perplexity")
    return [
        perplexity_rises(averages, controls(perplexities, trained_models)),
        conclude(
            "zhu-T1-a",
            "rise of the geometric mean of perplexity on human domains from one share to the next (percent)",
            [Part(name, percent(change), unit="percent") for name, change in _steps(geometric).items()],
            reading=1,
        ),
        last_step_is_largest(averages),
        last_step_is_largest(averages, together=False),
        damage_differs(scores),
        loss_falls(pretraining_curves, trained_models, geometric),
        *zhu_selected_text.check(perplexities=perplexities, trained_models=trained_models),
    ]


def _steps(groups: Replicates, *, sign: float = 1.0) -> dict[str, Estimate]:
    """The change from each share to the next."""
    return {f"{a:g} to {b:g}%": groups.contrast({b: sign, a: -sign}) for a, b in pairwise(groups.means)}


def controls(perplexities: pd.DataFrame, trained_models: pd.DataFrame) -> str:
    """Sentences on human text of one other origin in the place of machine-written text; empty where none was tried."""
    scores = controlled(perplexities, trained_models)
    scores = scores.assign(log=np.log(scores["perplexity"]))
    own = scores["origin"] == "machine-written"
    if own.all():
        return ""
    cells = scores["origin"].where(~own, "machine-written") + " " + scores[SHARE].map("{:g}%".format)
    groups = Replicates.of(scores.assign(cell=cells), "cell", "log")
    told = []
    for cell in cells[~own].unique():
        origin, _, share = cell.rpartition(" ")
        same, none = f"machine-written {share}", "machine-written 0%"
        if same in groups.means and none in groups.means:
            gap = Part(
                f"{share} {origin} against as much machine-written text", relative(groups, cell, same), unit="percent"
            )
            told.append(f"{phrase(gap)}, and against none of either {phrase(_over(groups, cell, none))}")
    text = (
        "Whether it is being machine-written that harms, or being of another origin than the human corpora, a control"
    )
    return f"{text} tells, human text of one other origin instead: {'; '.join(told)}." if told else ""


def _over(groups: Replicates, first: str, second: str) -> Part:
    return Part("perplexity", relative(groups, first, second), unit="percent")


def perplexity_rises(averages: pd.DataFrame, control: str = "") -> Finding:
    """zhu-T1-a: the average perplexity on human text, arithmetic as in Table 1, rises from each share to the next.

    ``control`` tells of human text of another origin, which decides nothing about the claim.
    """
    average = Replicates.of(averages.assign(log=np.log(averages["perplexity"])), SHARE, "log")
    parts = [Part(name, percent(change), unit="percent") for name, change in _steps(average).items()]
    levels = ", ".join(f"{mean:.0f}" for mean in averages.groupby(SHARE)["perplexity"].mean())
    return conclude(
        "zhu-T1-a",
        "rise of the average perplexity on human domains from one share to the next (percent)",
        parts,
        opening=f"Averages over our human domains: {levels}.",
        closing=" ".join(
            filter(None, ("The paper's average rises by 4, 7, 13 and 82 percent.", control, average.words))
        ),
    )


def last_step_is_largest(averages: pd.DataFrame, *, together: bool = True) -> Finding:
    """zhu-T1-b: the last step to purely synthetic text costs more than any other, and most of the whole damage.

    In units of perplexity, as the paper gives the steps of its average. Not ``together`` is its first reading, more
    than each other step.
    """
    average = Replicates.of(averages.assign(log=np.log(averages["perplexity"])), SHARE, "log")
    reading, needs = 0 if together else 1, "It takes three shares."
    if len(average.means) < 3:
        return conclude("zhu-T1-b", "what the last step adds to perplexity", [], reading=reading, needs=needs)
    *others, last = pairwise(average.means)
    parts = [Part(f"last step over {a:g} to {b:g}%", _last_over(average, last, (a, b))) for a, b in others]
    if together and len(others) > 1:
        first = others[0][0]
        parts.append(Part("last step over all others together", _last_over(average, last, (first, last[0]))))
    return conclude(
        "zhu-T1-b",
        f"what the step from {last[0]:g} to {last[1]:g}% adds to the average perplexity beyond each other step"
        f"{', and beyond all others together' if together else ''} (points of perplexity)",
        parts,
        reading=reading,
        opening=f"Steps: {', '.join(f'{absolute(average, {b: 1, a: -1}).value:.0f}' for a, b in [*others, last])} of "
        "perplexity.",
        closing=f"The paper's steps are 0.9, 1.6, 3.1 and 22.3. {average.words}",
    )


def _last_over(average: Replicates, last: tuple[Hashable, Hashable], other: tuple[Hashable, Hashable]) -> Estimate:
    """The last step minus another change."""
    weights = {last[1]: 1.0, last[0]: -1.0}
    for group, weight in ((other[1], -1.0), (other[0], 1.0)):
        weights[group] = weights.get(group, 0.0) + weight
    return absolute(average, weights)


def damage_differs(scores: pd.DataFrame) -> Finding:
    """zhu-T1-c: domains differ in what pure synthetic text does to them, and some are not hurt by the first share."""
    human = scores[scores["written_by"] == "human"].assign(log=lambda rows: np.log(rows["perplexity"]))
    domains = {name: Replicates.of(rows, SHARE, "log") for name, rows in human.groupby("corpus", sort=False)}
    shares = sorted(human[SHARE].unique())
    if len(shares) < 3 or len(domains) < 2:
        return conclude("zhu-T1-c", "perplexity by domain", [], needs="It takes three shares and two domains.")
    first, second, last = shares[0], shares[1], shares[-1]
    damage = {name: groups.contrast({last: 1, first: -1}) for name, groups in domains.items()}
    worst, least = (pick(damage, key=lambda name: damage[name].value) for pick in (max, min))
    early = {name: groups.contrast({second: 1, first: -1}) for name, groups in domains.items()}
    spared = min(early, key=lambda name: early[name].value)
    gap = picked(damage[worst], damage[least], among=math.comb(len(domains), 2))
    fall = picked(early[spared], among=len(domains)).negated
    parts = [
        Part(f"{spaced(worst)} over {spaced(least)}", percent(gap), unit="percent"),
        Part(f"fall of {spaced(spared)} at {second:g}%", percent(fall), unit="percent"),
    ]
    ratios = ", ".join(f"{spaced(name)} {math.exp(each.value):.2f}" for name, each in damage.items())
    return conclude(
        "zhu-T1-c",
        "ratio of the largest to the smallest damage, and fall of the least hurt domain's perplexity (percent)",
        parts,
        opening=f"Perplexity at {last:g}% over that at {first:g}%: {ratios}.",
        closing=f"The domains compared are the extreme ones of {len(domains)}, so their intervals hold for all of them "
        "at once (Bonferroni).",
    )


def loss_falls(curves: pd.DataFrame, trained_models: pd.DataFrame, average: Replicates) -> Finding:
    """zhu-F2-a: from share to share the training loss falls, while perplexity on human text rises."""
    mine = curves.merge(plain(trained_models)[["model", SHARE]], on="model")
    late = mine[mine["step"] > 0.5 * mine.groupby("model")["step"].transform("max")]
    losses = late.groupby(["model", SHARE])["loss"].mean().reset_index()
    falls = _steps(Replicates.of(losses, SHARE, "loss"), sign=-1.0)
    parts = [
        Part(f"training perplexity before over after the step {name}", percent(change), unit="percent")
        for name, change in falls.items()
    ]
    parts += [
        Part(f"rise of the perplexity on human text, {name}", percent(change), unit="percent")
        for name, change in _steps(average).items()
    ]
    return conclude(
        "zhu-F2-a",
        "fall of the perplexity of the training text, rise of that of human text, from share to share (percent)",
        parts,
        opening="The perplexity of the training text is the mean over the second half of training.",
    )
