"""Zhu et al. 2024, section 2.1 and appendix B: what the machine-written share of training text does to perplexity."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pandas as pd

from uncollapse.claims.contrasts import Groups, percent, relative
from uncollapse.claims.verdict import Finding, Part, conclude
from uncollapse.reporting.intervals import Estimate
from uncollapse.reporting.mixture_scores import (
    human_log_perplexity,
    mixtures,
    named,
    of_first,
    plain,
    selection_words,
    spaced,
)

SHARE = "machine_share_percent"
LITTLE = 10.0  # percent; the paper's DSIR changes most perplexities by 3 to 9
_TOLD = "Perplexities are averaged over domains as logarithms, so that a change weighs the same in each."


def check(
    *, perplexities: pd.DataFrame, pretraining_curves: pd.DataFrame, trained_models: pd.DataFrame
) -> list[Finding]:
    """Findings on the plain mixtures of the first architecture."""
    scores = mixtures(perplexities, trained_models)
    average = Groups.of(human_log_perplexity(scores), SHARE, "log_perplexity")
    return [
        perplexity_rises(average),
        last_step_is_largest(average),
        damage_differs(scores),
        loss_falls(pretraining_curves, trained_models, average),
        *selections(perplexities, trained_models),
    ]


def _steps(groups: Groups, *, sign: float = 1.0) -> dict[str, Estimate]:
    """The change from each share to the next."""
    return {f"{a:g} to {b:g}%": groups.contrast({b: sign, a: -sign}) for a, b in pairwise(groups.means)}


def perplexity_rises(average: Groups) -> Finding:
    """zhu-T1-a: the average perplexity on human text rises from each share to the next."""
    parts = [Part(name, percent(change), unit="percent") for name, change in _steps(average).items()]
    levels = ", ".join(f"{math.exp(mean):.0f}" for mean in average.means.values())
    return conclude(
        "zhu-T1-a",
        "rise of the average perplexity on human domains from one share to the next (percent)",
        parts,
        opening=f"Geometric means over our human domains: {levels}.",
        closing="The paper's average rises by 4, 7, 13 and 82 percent.",
    )


def last_step_is_largest(average: Groups) -> Finding:
    """zhu-T1-b: the last step to purely synthetic text costs more than any other."""
    *others, last = pairwise(average.means)
    parts = []
    for a, b in others:
        weights = {last[1]: 1.0, last[0]: -1.0}
        for group, weight in ((b, -1.0), (a, 1.0)):
            weights[group] = weights.get(group, 0.0) + weight
        parts.append(Part(f"last step over {a:g} to {b:g}%", percent(average.contrast(weights)), unit="percent"))
    return conclude(
        "zhu-T1-b",
        f"factor of the step from {last[0]:g} to {last[1]:g}% beyond that of each other step (percent)",
        parts,
        opening=_TOLD if parts else "It takes three shares.",
    )


def damage_differs(scores: pd.DataFrame) -> Finding:
    """zhu-T1-c: domains differ in what pure synthetic text does to them, and some are not hurt by the first share."""
    human = scores[scores["written_by"] == "human"].assign(log=lambda rows: np.log(rows["perplexity"]))
    domains = {name: Groups.of(rows, SHARE, "log") for name, rows in human.groupby("corpus", sort=False)}
    shares = sorted(human[SHARE].unique())
    if len(shares) < 3 or len(domains) < 2:
        return conclude("zhu-T1-c", "perplexity by domain", [], opening="It takes three shares and two domains.")
    first, second, last = shares[0], shares[1], shares[-1]
    damage = {name: groups.contrast({last: 1, first: -1}) for name, groups in domains.items()}
    worst, least = (pick(damage, key=lambda name: damage[name].value) for pick in (max, min))
    early = {name: groups.contrast({second: 1, first: -1}) for name, groups in domains.items()}
    spared = min(early, key=lambda name: early[name].value)
    halves = [(each.high - each.low) / 2 for each in (damage[worst], damage[least])]
    gap, half = damage[worst].value - damage[least].value, math.hypot(*halves)
    fall = early[spared]
    parts = [
        Part(f"{spaced(worst)} over {spaced(least)}", percent(Estimate(gap, gap - half, gap + half)), unit="percent"),
        Part(
            f"fall of {spaced(spared)} at {second:g}%",
            percent(Estimate(-fall.value, -fall.high, -fall.low)),
            unit="percent",
        ),
    ]
    ratios = ", ".join(f"{spaced(name)} {math.exp(each.value):.2f}" for name, each in damage.items())
    return conclude(
        "zhu-T1-c",
        "ratio of the largest to the smallest damage, and fall of the least hurt domain's perplexity (percent)",
        parts,
        opening=f"Perplexity at {last:g}% over that at {first:g}%: {ratios}.",
        closing="The domains compared are the extreme ones, so their intervals are too narrow.",
    )


def loss_falls(curves: pd.DataFrame, trained_models: pd.DataFrame, average: Groups) -> Finding:
    """zhu-F2-a: from share to share the training loss falls, while perplexity on human text rises."""
    mine = curves.merge(plain(trained_models)[["model", SHARE]], on="model")
    late = mine[mine["step"] > 0.5 * mine.groupby("model")["step"].transform("max")]
    losses = late.groupby(["model", SHARE])["loss"].mean().reset_index()
    falls = _steps(Groups.of(losses, SHARE, "loss"), sign=-1.0)
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


def selections(perplexities: pd.DataFrame, trained_models: pd.DataFrame) -> list[Finding]:
    """zhu-T13-b and zhu-T13-c: selected purely synthetic text against all of it, and against the 75% mixture."""
    models = of_first(trained_models)
    selected = models[models["selection"].notna() & (models[SHARE] == 100)]
    mixed = plain(trained_models)
    most = mixed.loc[mixed[SHARE] == 75, "dataset"].unique()
    scores = human_log_perplexity(named(perplexities, models))
    groups = Groups.of(scores, "dataset", "log_perplexity")
    words = selection_words(models)
    repairs = gains_of("dsir", perplexities, trained_models)
    falls_short = []
    if len(most):
        falls_short = [
            Part(f"{words[name]} above the mixture", relative(groups, name, most[0]), unit="percent")
            for name in selected["dataset"].unique()
        ]
    needed = "It takes models trained on purely synthetic text, on selections of it, and on a 75% mixture."
    return [
        conclude(
            "zhu-T13-b",
            "how much lower human text's perplexity is after DSIR than without selection (percent; at most 10)",
            repairs,
            opening=_TOLD if repairs else needed,
        ),
        conclude(
            "zhu-T13-c",
            "how much higher human text's perplexity is after selection than at a 75% mixture (percent)",
            falls_short,
            opening=_TOLD if falls_short else needed,
        ),
    ]


def gains_of(selector: str, perplexities: pd.DataFrame, trained_models: pd.DataFrame) -> list[Part]:
    """How much lower human text's perplexity is after a selector than without, claimed to be little; maybe none."""
    models, mixed = of_first(trained_models), plain(trained_models)
    chosen = models[(models["selection"] == selector) & (models[SHARE] == 100)]["dataset"].unique()
    whole = mixed.loc[mixed[SHARE] == 100, "dataset"].unique()
    if not len(whole) or not len(chosen):
        return []
    groups = Groups.of(human_log_perplexity(named(perplexities, models)), "dataset", "log_perplexity")
    words = selection_words(models)
    changes = {name: relative(groups, whole[0], name) for name in chosen}
    return [Part(f"fall by {words[name]}", change, -math.inf, LITTLE, "percent") for name, change in changes.items()]
