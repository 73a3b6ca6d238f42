"""The whole grid of d and T of Gerstgrasser et al. 2024, T < d included."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Canvas

from uncollapse.analysis import palette, style, ticks
from uncollapse.statistics.means import means

FIGURE = style.Figure(
    title="Replace, accumulate, subsample over the whole grid",
    source="Gerstgrasser et al. 2024, simulations",
    caption=(
        "Squared distance to the truth over σ², against rounds, for every dimension d (rows) and sample size T "
        "(columns) of the authors' grid at the middle σ², fresh rows each round. Lines: exact expectation; points: "
        "simulation with 95% intervals. Where there is no formula, for subsamples and where T < d + 2 (grey panels, "
        "fits of least norm), medians are shown, joined. With as many rows as dimensions curves leave their panel for "
        "the value named. Orange: replace, blue: accumulate, pink: accumulate and subsample T rows."
    ),
    alt="A grid of small panels of error against rounds; replacing rises everywhere, accumulating stays flat.",
)
_CELL = ["policy", "dimension", "n_points", "round"]
_POLICIES = {
    "replace": (palette.VERMILLION, "replace"),
    "accumulate-subsample": (palette.PURPLE, "subsample"),
    "accumulate": (palette.BLUE, "accumulate"),
}


def draw(*, accumulation: pd.DataFrame) -> Canvas:
    """One small panel per d and T."""
    variances = sorted(accumulation["noise_variance"].unique())
    table = accumulation[
        (accumulation["noise_variance"] == variances[len(variances) // 2]) & ~accumulation["same_design"]
    ]
    dimensions, sizes = sorted(table["dimension"].unique()), sorted(table["n_points"].unique())
    regular = table[table["n_points"] >= table["dimension"] + 2]
    scaled = regular["error"] / regular["noise_variance"]
    low, high = float(scaled.groupby([regular[key] for key in _CELL]).median().min()), float(scaled.max())
    figure, panels = style.canvas(
        height=1.2 + 1.35 * len(dimensions), rows=len(dimensions), columns=len(sizes), sharex=True, sharey=True
    )
    for place, axes in enumerate(panels):
        dimension, size = dimensions[place // len(sizes)], sizes[place % len(sizes)]
        cell = table[(table["dimension"] == dimension) & (table["n_points"] == size)]
        if size < dimension + 2:
            axes.set_facecolor("#f0f0f0")
        for number, (policy, (colour, _)) in enumerate(_POLICIES.items()):
            _curve(axes, cell[cell["policy"] == policy], colour, top=3 * high, line=number)
        axes.set(ylim=(low / 3, 3 * high), xscale="log", yscale="log")
        ticks.put(axes.xaxis, [1, 10, 100])
        if place < len(sizes):
            axes.set_title(f"T = {size:,}")
        if place % len(sizes) == 0:
            axes.set_ylabel(f"d = {dimension}")
    corner = panels[len(sizes) - 1]
    for place, (colour, name) in enumerate(_POLICIES.values()):
        corner.text(
            0.05, 0.86 - 0.14 * place, name, color=palette.legible(colour), transform=corner.transAxes, fontsize=8
        )
    figure.supxlabel("rounds n", fontsize=9.5)
    figure.supylabel("error / σ²", fontsize=9.5)
    return figure


def _curve(axes: Axes, rows: pd.DataFrame, colour: str, *, top: float, line: int) -> None:
    """Means and their law; without a law, medians, since with T near d a mean is a matter of a single trial."""
    scaled = rows.assign(scaled=rows["error"] / rows["noise_variance"])
    law = rows.groupby("round")["predicted"].mean() / rows["noise_variance"].iloc[0]
    if law.notna().all():
        summary = means(scaled, "round", "scaled")
        axes.plot(law.index, law, color=colour, linewidth=1.0)
        style.measured(axes, summary["round"], summary, colour, markersize=2.4, elinewidth=0.7)
        return
    median = scaled.groupby("round")["scaled"].median()
    axes.plot(median.index, median, color=colour, linewidth=0.8, alpha=0.6)
    axes.plot(median.index, median, "o", color=colour, markersize=2.4)
    if median.iloc[-1] > top:
        exponent = int(np.floor(np.log10(median.iloc[-1])))
        axes.text(
            0.97,
            0.5 - 0.16 * line,
            f"to $10^{{{exponent}}}$",
            color=palette.legible(colour),
            transform=axes.transAxes,
            ha="right",
            fontsize=8,
        )
