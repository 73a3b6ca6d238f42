"""Figure 24 of Lee et al. 2025, label noise in one round, and whether p_* sees the avalanche coming."""

import math

import pandas as pd
from matplotlib.figure import Figure as Canvas

from uncollapse.analysis import palette, style
from uncollapse.analysis.avalanches import (
    FALL,
    avalanches,
    forecasts,
    foretold,
    further,
    separation,
    start_of_avalanche,
)
from uncollapse.analysis.direct_labels import label_ends
from uncollapse.statistics.means import means

FIGURE = style.Figure(
    title="Error avalanche: label noise in one round, and what becomes of it",
    source="Lee et al. 2025, Figure 24, and p* beside it",
    caption=(
        "Left: accuracy over all difficulties that the run has labelled, some rounds after noise was put into the "
        "labels of one round, by the share of labels that it touched (0: no noise); mean over seeds with 95% "
        "intervals. Right: rounds of every run and seed, with noise (triangles) or without: how far p of a round's "
        "labels lies below p*, and how the models' accuracy on its difficulties changes from before the round to "
        "those rounds later. If p* foretold every fall of more than 5 points, no point would lie in the grey; the "
        "chance of order is that p lies farther below p* where accuracy holds than where it falls. A round that "
        "several runs share is there once; intervals are over initial models, a task with a seed."
    ),
    alt="Left: accuracy falls with the share of noisy labels. Right: change in accuracy against p* - p.",
)


def draw(*, accuracies: pd.DataFrame, filtered: pd.DataFrame, runs: pd.DataFrame, courses: pd.DataFrame) -> Canvas:
    """Two panels: outcomes by rate, and outcomes by the distance from p_*."""
    if not (runs["noise"] != "").any():
        return style.nothing("No run has label noise: avalanches in the config add some.")
    later = further(runs)
    words_later = "one round" if later == 1 else f"{later} rounds"
    figure, (left, right) = style.canvas(height=3.9, columns=2)
    found = avalanches(accuracies, filtered, runs, courses)
    ends = []
    for number, ((at, kind), mine) in enumerate(found.groupby(["at", "noise"], sort=True)):
        summary = means(mine, "rate", "accuracy", bounds=(0, 100))
        colour = palette.colour(number)
        left.plot(100 * summary["rate"], summary["mean"], color=colour)
        style.measured(left, 100 * summary["rate"], summary, colour, markersize=3)
        words = f"{kind.replace('_', ', ')} in round {at}"
        ends.append((100 * float(summary["rate"].iloc[-1]), float(summary["mean"].iloc[-1]), words, colour))
    left.set(xlabel="labels with noise, %", ylabel=f"accuracy {words_later} later, %")
    left.set_ylim(-3, 103)
    points = forecasts(accuracies, runs, filtered, later=later)
    injected = start_of_avalanche(points, runs)
    for some, colour, marker in ((~injected, palette.FAINT, "o"), (injected, palette.VERMILLION, "^")):
        right.plot(points["margin"][some], points["change"][some], marker, color=colour, markersize=4, alpha=0.7)
    right.axhline(-FALL, color=palette.INK, linewidth=0.8)
    right.axvline(0, color=palette.INK, linewidth=0.8)
    low, high = right.get_xlim()
    bottom, top = right.get_ylim()
    right.fill_between([0, high], bottom, -FALL, color="#000000", alpha=0.06, lw=0)
    right.fill_between([low, 0], -FALL, top, color="#000000", alpha=0.06, lw=0)
    right.set_xlim(low, high)
    right.set_ylim(bottom, top)
    right.set(xlabel="p* - p of a round's labels", ylabel=f"points gained {words_later} later")
    share, order = foretold(points), separation(points)
    ordered = "none, as all rounds have one outcome"
    if not math.isnan(order.value):
        ordered = f"{order.value:.2f} [{order.low:.2f}, {order.high:.2f}]"
    told = f"{100 * share.value:.0f}% [{100 * share.low:.0f}, {100 * share.high:.0f}]"
    right.set_title(f"foretold: {told}\nchance of order: {ordered}", fontsize=8.5)
    label_ends(left, ends, size=8.0)
    return figure
