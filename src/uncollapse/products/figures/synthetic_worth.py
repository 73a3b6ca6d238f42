"""Loss against real and own rows, and how many real rows one of its own is worth to a model."""

import numpy as np
import pandas as pd
from matplotlib.figure import Figure as Canvas
from numpy.typing import NDArray

from uncollapse.analysis import palette, style
from uncollapse.analysis.direct_labels import label_ends
from uncollapse.analysis.generations import of_quantity, titled
from uncollapse.statistics.means import means

FIGURE = style.Figure(
    title="What a synthetic row is worth",
    source="after Kazdan et al. 2024 (arXiv 2410.16713)",
    caption=(
        "Models trained on so many real rows and so many that generation 0 wrote. Left: loss on held-out real rows, "
        "mean over seeds with 95% intervals. Right: real rows that one own row is worth: how many more real rows, "
        "alone, come to the same mean loss, for each own row; along straight lines between the amounts that were run, "
        "in logarithms, and left out where no amount of real rows alone has that loss."
    ),
    alt="Left: loss by own rows, a line for each number of real rows. Right: real rows that an own row is worth.",
)


def draw(*, generation_measures: pd.DataFrame, generation_runs: pd.DataFrame, learners: pd.DataFrame) -> Canvas:
    """Two panels for the first grid."""
    grids = generation_runs[generation_runs["grid"] != ""]
    if grids.empty:
        return style.nothing("No grid of real and own rows: nothing to draw.")
    grid = grids[grids["grid"] == grids["grid"].iloc[0]]
    measured = generation_measures[generation_measures["generation"] == 1]
    losses = of_quantity(measured, "loss").merge(grid[["run", "real", "synthetic"]], on="run")
    figure, (left, right) = style.canvas(height=3.6, columns=2)
    alone = means(losses[(losses["synthetic"] == 0) & (losses["real"] > 0)], "real", "value")
    ends = []
    for place, (real, mine) in enumerate(losses.groupby("real")):
        summary, colour = means(mine, "synthetic", "value"), palette.colour(place)
        left.plot(summary["synthetic"], summary["mean"], color=colour, linewidth=1.4)
        style.measured(left, summary["synthetic"], summary, colour, capsize=2)
        ends.append((float(summary["synthetic"].iloc[-1]), float(summary["mean"].iloc[-1]), f"{real:,} real", colour))
        some = summary[summary["synthetic"] > 0]
        if real and len(alone) > 1:
            equal = real_rows_of(some["mean"].to_numpy(), alone)
            worth = (equal - real) / some["synthetic"].to_numpy()
            there = np.isfinite(worth)
            right.plot(some["synthetic"][there], worth[there], color=colour, marker="o", markersize=4, linewidth=1.4)
    right.axhline(0, color=palette.FAINT, linewidth=1.0)
    left.set(title=titled(learners, grid["learner"].iloc[0]), xlabel="own rows", ylabel="loss on held-out rows")
    right.set(title="worth of an own row", xlabel="own rows", ylabel="real rows")
    label_ends(left, ends, size=7.5)
    return figure


def real_rows_of(losses: NDArray[np.float64], alone: pd.DataFrame) -> NDArray[np.float64]:
    """Real rows (N,) that come to these losses without any others; NaN where the run has none that do.

    alone : real, mean, of models of real rows alone.
    """
    ordered = alone.sort_values("mean")
    found = np.interp(losses, ordered["mean"], np.log(ordered["real"]), left=np.nan, right=np.nan)
    return np.exp(found)
