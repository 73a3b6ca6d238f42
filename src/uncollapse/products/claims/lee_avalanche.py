"""Lee et al. 2025, Figure 24, as the slides tell it: how much label noise self-improvement tolerates."""

import math

import pandas as pd

from uncollapse.analysis.avalanches import avalanches
from uncollapse.analysis.mastery import over_seeds_alone
from uncollapse.analysis.seeds import over_seeds
from uncollapse.analysis.verdict import Finding, Part, conclude

FLAT, DROP = 10.0, 30.0  # points
_NEEDS = "It takes runs with label noise, at two rates or more, injected at two rounds."


def check(
    *, accuracies: pd.DataFrame, filtered: pd.DataFrame, runs: pd.DataFrame, courses: pd.DataFrame
) -> list[Finding]:
    """Findings on the threshold, and on whether later rounds have a higher one."""
    if not (runs["noise"] != "").any():
        return [conclude(claim, "accuracy after label noise", [], needs=_NEEDS) for claim in ("lee-F24-a", "lee-F24-b")]
    found = avalanches(accuracies, filtered, runs, courses)
    keys = ["course", "noise", "at", "seed"]
    clean = found[found["rate"] == 0].set_index(keys)["accuracy"]
    noisy = found[found["rate"] > 0].set_index([*keys, "rate"])["accuracy"]
    loss = noisy.index.droplevel("rate").map(clean) - noisy
    return over_seeds_alone([has_a_threshold(loss), later_rounds_tolerate_more(loss)])


def has_a_threshold(loss: pd.Series) -> Finding:
    """lee-F24-a: next to nothing is lost at the lowest rate, much at the highest; one rate alone has no threshold."""
    parts = []
    for (noise, at), mine in loss.groupby(level=["noise", "at"]):
        rates = mine.index.get_level_values("rate").unique()
        if len(rates) < 2:
            continue
        for rate, low, high in ((rates.min(), -100.0, FLAT), (rates.max(), DROP, math.inf)):
            lost = mine.xs(rate, level="rate").groupby(level="seed").mean()
            label = f"{noise} in round {at}, lost at {100 * rate:.0f}%"
            parts.append(Part(label, over_seeds(lost.to_numpy()), low, high))
    return conclude("lee-F24-a", "points lost to label noise", parts, needs=_NEEDS)


def later_rounds_tolerate_more(loss: pd.Series) -> Finding:
    """lee-F24-b: over all rates, less is lost where the noise comes in a later round."""
    parts = []
    for noise, mine in loss.groupby(level="noise"):
        by_round = mine.groupby(level=["at", "seed"]).mean().unstack("at")
        if by_round.shape[1] > 1:
            first, last = by_round.columns.min(), by_round.columns.max()
            gain = by_round[first] - by_round[last]
            parts.append(Part(f"{noise}, less lost in round {last} than in {first}", over_seeds(gain.to_numpy())))
    return conclude("lee-F24-b", "points lost to label noise, mean over rates", parts, needs=_NEEDS)
