"""Remark D.5 of Feng et al. 2024 (v1): accuracy on the clean training points minus test accuracy, against N."""

import numpy as np
import pandas as pd
from matplotlib.figure import Figure as Canvas

from uncollapse.analysis import palette, style, ticks
from uncollapse.analysis.direct_labels import label_ends
from uncollapse.statistics.means import means

FIGURE = style.Figure(
    title="The gap between training and test accuracy shrinks like 1/√N",
    source="Feng et al. 2024 v1, Remark D.5",
    caption=(
        "Root mean square of training accuracy (on the kept examples' true labels) minus test accuracy, over "
        "training sets, with 95% intervals, for three shares p of wrong labels. Dotted: 1/√N through the last "
        "points. At small N the gap falls faster, because a student of few examples fits them better than others."
    ),
    alt="Root mean square gap against N on log axes, three falling rows of points along dotted lines.",
)


def draw(*, margin_gap: pd.DataFrame) -> Canvas:
    """One panel, one row of points per error rate."""
    figure, (axes,) = style.canvas(height=3.6)
    ends = []
    for place, (error_rate, rows) in enumerate(margin_gap.groupby("error_rate")):
        colour = palette.colour(place)
        squares = means(rows.assign(square=rows["gap"] ** 2), "n_points", "square")
        root = squares.assign(**{name: np.sqrt(squares[name].clip(lower=1e-12)) for name in ("mean", "low", "high")})
        sizes = squares["n_points"].to_numpy(dtype=float)
        last = float(root["mean"].iloc[-1])
        style.measured(axes, sizes * 1.04 ** (place - 1), root, colour, capsize=2, markersize=5)
        ends.append((sizes[-1], last, f"p = {error_rate:g}", colour))
    guide = last * np.sqrt(sizes[-1] / sizes)
    axes.plot(sizes, guide, color=palette.FAINT, linestyle=(0, (1, 2)), linewidth=1.3)
    axes.annotate(
        "1/√N", (sizes[0], guide[0]), xytext=(0, -22), textcoords="offset points", color=palette.legible(palette.FAINT)
    )
    axes.set(xscale="log", yscale="log")
    ticks.put(axes.xaxis, sorted(margin_gap["n_points"].unique()), "{:,.0f}".format)
    ticks.put(axes.yaxis, [0.001, 0.002, 0.005, 0.01, 0.02, 0.03, 0.05, 0.1], lambda value: f"{100 * value:g}%")
    axes.set(xlabel="training examples N", title="training minus test accuracy, root mean square")
    label_ends(axes, ends)
    return figure
