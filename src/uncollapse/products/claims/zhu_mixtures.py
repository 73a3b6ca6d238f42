"""Zhu et al. 2024, section 2.1 and appendix B: what the machine-written share of training text does to perplexity."""

import math
from collections.abc import Hashable
from itertools import pairwise

import numpy as np
import pandas as pd

from uncollapse.analysis.contrasts import percent, relative
from uncollapse.analysis.mixture_scores import (
    average_of_human,
    controlled,
    human_log_perplexity,
    mixtures,
    named,
    of_first,
    plain,
    selection_words,
    spaced,
)
from uncollapse.analysis.verdict import Finding, Part, conclude, phrase
from uncollapse.statistics.estimate import Estimate
from uncollapse.statistics.replicates import Replicates

SHARE = "machine_share_percent"
A_TENTH = 10.0  # percent; the first reading of "does not repair"
_HALFWAY = (
    "Perplexities are averaged over domains as logarithms, so that a change weighs the same in each. Repaired is text "
    "that closes at least half of the gap between all synthetic and all human text: one million tokens that the "
    "paper's DSIR chose lower its perplexities by up to 28 percent, and it does not call them repaired."
)


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
        *selections(perplexities, trained_models),
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
        closing=f"The paper's average rises by 4, 7, 13 and 82 percent. {control}".strip(),
    )


def last_step_is_largest(averages: pd.DataFrame, *, together: bool = True) -> Finding:
    """zhu-T1-b: the last step to purely synthetic text costs more than any other, and most of the whole damage.

    In units of perplexity, as the paper gives the steps of its average. Not ``together`` is its first reading, more
    than each other step.
    """
    average = Replicates.of(averages, SHARE, "perplexity")
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
        reading=0 if together else 1,
        needs="It takes three shares.",
        opening=f"Steps: {', '.join(f'{change.value:.0f}' for change in _steps(average).values())} of perplexity.",
        closing="The paper's steps are 0.9, 1.6, 3.1 and 22.3.",
    )


def _last_over(average: Replicates, last: tuple[Hashable, Hashable], other: tuple[Hashable, Hashable]) -> Estimate:
    """The last step minus another change."""
    weights = {last[1]: 1.0, last[0]: -1.0}
    for group, weight in ((other[1], -1.0), (other[0], 1.0)):
        weights[group] = weights.get(group, 0.0) + weight
    return average.contrast(weights)


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
    halves = [(each.high - each.low) / 2 for each in (damage[worst], damage[least])]
    gap, half = damage[worst].value - damage[least].value, math.hypot(*halves)
    fall = early[spared]
    parts = [
        Part(f"{spaced(worst)} over {spaced(least)}", percent(Estimate.symmetric(gap, half)), unit="percent"),
        Part(
            f"fall of {spaced(spared)} at {second:g}%",
            percent(fall.negated),
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


def selections(perplexities: pd.DataFrame, trained_models: pd.DataFrame) -> list[Finding]:
    """zhu-T13-b and zhu-T13-c: selected purely synthetic text against all of it, and against the 75% mixture."""
    needed = "It takes models trained on purely synthetic text, on selections of it, and on mixtures."
    models = of_first(trained_models)
    tried = models[models["selection"].notna() & (models[SHARE] == 100)]["selection"].unique()
    names = ", ".join(kind.upper() if kind == "dsir" else kind for kind in tried)
    return [
        conclude(
            "zhu-T13-b",
            "how much higher human text's perplexity is after DSIR than halfway from all synthetic to all human text "
            "(percent)",
            above_halfway("dsir", perplexities, trained_models),
            needs=needed,
            opening=_HALFWAY,
        ),
        conclude(
            "zhu-T13-b",
            "how much lower human text's perplexity is after DSIR than after all synthetic text (percent)",
            _below_unselected("dsir", perplexities, trained_models),
            needs=needed,
            reading=1,
        ),
        conclude(
            "zhu-T13-c",
            "how much higher a human domain's perplexity is after selection than at a 75% mixture (percent)",
            _above_mixture(perplexities, trained_models),
            needs=needed,
            opening=f"Selectors tried here, of the paper's DSIR, classifier, perplexity and density: {names}.",
        ),
        conclude(
            "zhu-T13-c",
            "how much higher human text's perplexity is after selection than at a 75% mixture, over domains (percent)",
            _above_mixture_on_average(perplexities, trained_models),
            needs=needed,
            reading=1,
        ),
    ]


def _above_mixture(perplexities: pd.DataFrame, trained_models: pd.DataFrame) -> list[Part]:
    """Parts on selections against the 75% mixture, on each human domain that all of the synthetic text leaves above it.

    Elsewhere there is nothing to repair: on each of the paper's seven sets unselected text is far worse.
    """
    models, mixed = of_first(trained_models), plain(trained_models)
    most, whole = (mixed.loc[mixed[SHARE] == share, "dataset"].unique() for share in (75, 100))
    chosen = models[models["selection"].notna() & (models[SHARE] == 100)]["dataset"].unique()
    if not (len(most) and len(whole)):
        return []
    scores = named(perplexities, models)
    human = scores[scores["written_by"] == "human"].assign(log=lambda rows: np.log(rows["perplexity"]))
    domains = {name: Replicates.of(rows, "dataset", "log") for name, rows in human.groupby("corpus", sort=False)}
    hurt = {name: groups for name, groups in domains.items() if groups.means[whole[0]] > groups.means[most[0]]}
    words = selection_words(models)
    return [
        Part(f"{words[name]} on {spaced(domain)}", relative(groups, name, most[0]), unit="percent")
        for name in chosen
        for domain, groups in hurt.items()
    ]


def _above_mixture_on_average(perplexities: pd.DataFrame, trained_models: pd.DataFrame) -> list[Part]:
    """Parts on selections against the 75% mixture, averaged over human domains as logarithms."""
    models, mixed = of_first(trained_models), plain(trained_models)
    most = mixed.loc[mixed[SHARE] == 75, "dataset"].unique()
    chosen = models[models["selection"].notna() & (models[SHARE] == 100)]["dataset"].unique()
    groups = Replicates.of(human_log_perplexity(named(perplexities, models)), "dataset", "log_perplexity")
    words = selection_words(models)
    return [Part(words[name], relative(groups, name, most[0]), unit="percent") for name in chosen if len(most)]


def _below_unselected(selector: str, perplexities: pd.DataFrame, trained_models: pd.DataFrame) -> list[Part]:
    """Parts on how much a selector lowers perplexity below that of all synthetic text: by less than a tenth."""
    models, mixed = of_first(trained_models), plain(trained_models)
    chosen = models[(models["selection"] == selector) & (models[SHARE] == 100)]["dataset"].unique()
    machine = mixed.loc[mixed[SHARE] == 100, "dataset"].unique()
    groups = Replicates.of(human_log_perplexity(named(perplexities, models)), "dataset", "log_perplexity")
    words = selection_words(models)
    return [
        Part(words[name], relative(groups, name, machine[0]).negated, -math.inf, A_TENTH, "percent")
        for name in chosen
        if len(machine)
    ]


def above_halfway(selector: str, perplexities: pd.DataFrame, trained_models: pd.DataFrame) -> list[Part]:
    """The excess of perplexity after a selector over halfway to that of human text, one part a selection; maybe none.

    What repairs synthetic text closes at least half of the gap, in logarithms, that it leaves to human text.
    """
    models, mixed = of_first(trained_models), plain(trained_models)
    chosen = models[(models["selection"] == selector) & (models[SHARE] == 100)]["dataset"].unique()
    human, machine = (mixed.loc[mixed[SHARE] == share, "dataset"].unique() for share in (0, 100))
    if not (len(human) and len(machine) and len(chosen)):
        return []
    groups = Replicates.of(human_log_perplexity(named(perplexities, models)), "dataset", "log_perplexity")
    words = selection_words(models)
    parts = []
    for name in chosen:
        change = groups.contrast({name: 1.0, human[0]: -0.5, machine[0]: -0.5})
        gap = groups.means[machine[0]] - groups.means[human[0]]
        if gap <= 0:
            continue  # nothing to repair
        closed = (groups.means[machine[0]] - groups.means[name]) / gap
        label = f"{words[name]}, which closes {100 * closed:.0f}% of the gap of logarithms"
        parts.append(Part(label, percent(change), unit="percent"))
    return parts
