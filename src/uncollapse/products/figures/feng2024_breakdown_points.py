"""Figure 5 right of Feng et al. 2024 (v1): measured breakdown points beside p_*, and the width of the transition."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Canvas

from uncollapse.analysis import palette, style, ticks
from uncollapse.analysis.direct_labels import label_ends
from uncollapse.statistics.means import means
from uncollapse.theory.breakdown import breakdown_lower, breakdown_point

SLACK = 0.1  # t of the figure
FIGURE = style.Figure(
    title="Where accuracy breaks down, and how fast",
    source="Feng et al. 2024 v1, Theorem D.3 and Figure 5 right",
    caption=(
        "Left: the largest share of wrong labels at which a student still has 90% accuracy, against ψ/φ of its "
        "verifier (points, 95% intervals over training sets), beside the limit p* and the paper's analytic estimate "
        "p*⁻(0.1). The paper sets the two equal; measured points tend to p* instead as size "
        "grows. Right: the range of p over which accuracy falls from 90% to 10%, for growth of "
        "dimension and data and of data alone; dotted lines fall like 1/√N and 1/N."
    ),
    alt="Left: breakdown points against psi over phi. Right: width of the transition against N, falling on log axes.",
)
_GROWTHS = {"d and N": (palette.BLUE, "d and N grow"), "N": (palette.VERMILLION, "N alone grows")}


def draw(*, mixture_breakdown: pd.DataFrame) -> Canvas:
    """Two panels: the 90% points, and the width of the transition."""
    figure, (left, right) = style.canvas(height=3.8, columns=2)
    _points(left, mixture_breakdown)
    _width(right, mixture_breakdown)
    return figure


def _points(axes: Axes, table: pd.DataFrame) -> None:
    ratio = np.linspace(0, 1, 201)
    axes.plot(ratio, breakdown_point(1.0, ratio), color=palette.INK)
    axes.plot(ratio, breakdown_lower(1.0, ratio, slack=SLACK), color=palette.FAINT, linestyle=palette.DASHES[1])
    rows = table[(table["growth"] == "d and N") & (table["level"] == table["level"].max())]
    sizes = sorted(rows["n_points"].unique())
    shown = [sizes[place] for place in sorted({0, len(sizes) // 2, len(sizes) - 1})]
    ends = [
        (1.0, float(breakdown_point(1.0, 1.0)), "p*", palette.INK),
        (1.0, float(breakdown_lower(1.0, 1.0, slack=SLACK)), "p*⁻(0.1)", palette.FAINT),
    ]
    for place, size in enumerate(shown):
        colour = (palette.ORANGE, palette.SKY, palette.BLUE)[place - len(shown)]
        here = rows[rows["n_points"] == size]
        summary = means(here.assign(ratio=here["psi"] / here["phi"]), "ratio", "measured")
        x = summary["ratio"] + 0.016 * (place - (len(shown) - 1) / 2)
        style.measured(axes, x, summary, colour, capsize=2)
        ends.append((float(x.iloc[-1]), float(summary["mean"].iloc[-1]), f"90% at N = {size:,}", colour))
    axes.set(xlim=(-0.05, 1.05), xlabel="ψ/φ", title="largest p with 90% accuracy")
    label_ends(axes, ends)


def _width(axes: Axes, table: pd.DataFrame) -> None:
    finite = table[table["psi"] > 0]
    keys = ["growth", "n_points", "phi", "psi", "trial"]
    crossings = finite.pivot_table(index=keys, columns="level", values="measured")
    width = (crossings[crossings.columns.min()] - crossings[crossings.columns.max()]).rename("width")
    by_trial = width.groupby(["growth", "n_points", "trial"]).mean().reset_index()
    ends, sizes = [], set()
    for growth, (colour, name) in _GROWTHS.items():
        summary = means(by_trial[by_trial["growth"] == growth], "n_points", "width")
        if summary.empty:
            continue
        style.measured(axes, summary["n_points"], summary, colour, capsize=2)
        ends.append((float(summary["n_points"].iloc[-1]), float(summary["mean"].iloc[-1]), name, colour))
        sizes |= set(summary["n_points"])
    start = means(by_trial[by_trial["growth"] == "d and N"], "n_points", "width").iloc[0]
    grid = np.geomspace(min(sizes), max(sizes), 50)
    for power, name in ((0.5, "1/√N"), (1.0, "1/N")):
        guide = start["mean"] * (grid / start["n_points"]) ** -power
        axes.plot(grid, guide, color=palette.FAINT, linestyle=(0, (1, 2)), linewidth=1.1)
        ends.append((grid[-1], guide[-1], name, palette.FAINT))
    axes.set(xscale="log", yscale="log")
    ticks.put(axes.xaxis, [tick for tick in (100, 1000, 10_000) if min(grid) <= tick <= max(grid)], "{:,.0f}".format)
    ticks.put(axes.yaxis, [0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2])
    axes.set(xlabel="training examples N", title="width of the fall from 90% to 10%")
    label_ends(axes, ends)
