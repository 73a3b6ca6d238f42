"""Replace, accumulate, accumulate-subsample (Gerstgrasser et al. 2024): one cell in detail, all cells of the grid."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Canvas

from uncollapse.analysis import palette, style, ticks
from uncollapse.analysis.direct_labels import label_ends
from uncollapse.statistics.means import means

FIGURE = style.Figure(
    title="Keeping earlier data bounds the error",
    source="Gerstgrasser et al. 2024, Theorems 1 and 2",
    caption=(
        "Least squares on labels of the fit before, over that of one fit, σ²d/(T−d−1). Lines: exact expectations, "
        "points: simulation with 95% intervals. Replacing all data grows like n; adding each round's data to all "
        "earlier ones stays below π²/6 for fresh as for the same rows; a random subsample of T accumulated rows has "
        "no formula (points joined). Left: one cell of the authors' grid. Right: after the last round, error over "
        "its exact expectation for every d and T with T ≥ d + 2, mean over σ² and both kinds of rows, against d/T "
        "(moved apart where they coincide)."
    ),
    alt="Left: error against rounds for replacing, accumulating, subsampling. Right: measured over expected, near one.",
)
_STYLES = {
    ("replace", False): (palette.VERMILLION, "o", "replace"),
    ("accumulate-subsample", False): (palette.PURPLE, "D", "subsample"),
    ("accumulate", False): (palette.BLUE, "o", "accumulate"),
    ("accumulate", True): (palette.SKY, "s", "same rows"),
}


def draw(*, accumulation: pd.DataFrame) -> Canvas:
    """Two panels: one cell over the rounds; all cells after the last round."""
    figure, (left, right) = style.canvas(height=4.0, columns=2)
    _one_cell(left, accumulation)
    _all_cells(right, accumulation)
    return figure


def middle_cell(table: pd.DataFrame) -> tuple[int, int, float]:
    """d, T and sigma^2: the middle dimension, the fewest rows that are at least twice as many, the middle noise."""
    dimensions, variances = (sorted(table[key].unique()) for key in ("dimension", "noise_variance"))
    dimension = dimensions[len(dimensions) // 2]
    sizes = sorted(size for size in table["n_points"].unique() if size >= 2 * dimension + 2)
    return int(dimension), int(sizes[0]), float(variances[len(variances) // 2])


def _one_cell(axes: Axes, table: pd.DataFrame) -> None:
    dimension, n_points, variance = middle_cell(table)
    cell = table[
        (table["dimension"] == dimension) & (table["n_points"] == n_points) & (table["noise_variance"] == variance)
    ]
    first = variance * dimension / (n_points - dimension - 1)
    ends = []
    for (policy, same), (colour, marker, name) in _STYLES.items():
        rows = cell[(cell["policy"] == policy) & (cell["same_design"] == same)]
        if rows.empty:
            continue
        summary = means(rows.assign(ratio=rows["error"] / first), "round", "ratio")
        law = rows.groupby("round")["predicted"].mean() / first
        line = law if law.notna().all() else summary.set_index("round")["mean"]
        axes.plot(line.index, line, color=colour, linewidth=1.3)
        style.measured(axes, summary["round"], summary, colour, marker=marker, capsize=2)
        ends.append((float(line.index[-1]), float(line.iloc[-1]), name, colour))
    last = float(cell["round"].max())
    axes.plot([1, last], [np.pi**2 / 6] * 2, color=palette.INK, linewidth=1.1, linestyle=palette.DASHES[1])
    ends.append((last, np.pi**2 / 6, "π²/6", palette.INK))
    axes.set(xscale="log", yscale="log")
    axes.set_title(f"error / that of one fit; d = {dimension}, T = {n_points}, σ² = {variance:g}", fontsize=9)
    axes.set_xlabel("rounds n")
    ticks.put(axes.xaxis, [rounds for rounds in (1, 2, 3, 5, 10, 20, 50, 100) if rounds <= last], alone=True)
    ticks.put(axes.yaxis, [1, 2, 5, 10, 20, 50, 100])
    label_ends(axes, ends)


def _all_cells(axes: Axes, table: pd.DataFrame) -> None:
    final = table[(table["round"] == table["round"].max()) & table["predicted"].notna()]
    axes.axhline(1, color=palette.FAINT, linewidth=1.2)
    for policy, colour, shift in (("replace", palette.VERMILLION, 0.96), ("accumulate", palette.BLUE, 1.04)):
        rows = final[final["policy"] == policy]
        keys = ["dimension", "n_points"]
        ratio = (rows["error"] / rows["predicted"]).rename("ratio")
        by_trial = ratio.groupby([rows[key] for key in [*keys, "trial"]]).mean().reset_index()
        summary = means(by_trial, keys, "ratio")
        x = summary["dimension"] / summary["n_points"] * shift * summary["dimension"] ** 0.06
        style.measured(axes, x, summary, colour, capsize=2)
    axes.set(xscale="log", xlabel="d / T")
    ticks.put(axes.xaxis, [0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5], alone=True)
    axes.set_title("measured / expected after the last round", fontsize=9)
    axes.text(
        0.98,
        0.95,
        "replace",
        color=palette.legible(palette.VERMILLION),
        transform=axes.transAxes,
        ha="right",
        fontsize=8.5,
    )
    axes.text(0.98, 0.89, "accumulate", color=palette.BLUE, transform=axes.transAxes, ha="right", fontsize=8.5)
