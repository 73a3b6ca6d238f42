"""Ridge penalties that fall with the sample size (Dohmatob et al. 2024): error against T, and the rate of its fall."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Canvas
from matplotlib.ticker import LogLocator

from uncollapse.analysis import palette, style, ticks
from uncollapse.analysis.direct_labels import label_ends
from uncollapse.statistics.bootstrap import bootstrap_interval
from uncollapse.statistics.means import means
from uncollapse.theory.log_log_slope import log_log_slope
from uncollapse.theory.power_law import adaptive_penalty, clean_penalty, predicted_rate

FIGURE = style.Figure(
    title="A penalty that falls with the sample size mitigates collapse",
    source="Dohmatob et al. 2024, capacity and source conditions",
    caption=(
        "Ridge students with λ = T⁻ˡ of labels that a generator wrote, under a power-law covariance. Left: excess "
        "risk against T; lines: closed form, points: simulation with 95% intervals. Right: how fast the error falls "
        "with T (minus the slope on the left). Line: the derived law, largest at l*; filled: the simulation's slopes "
        "with 95% intervals; hollow: the closed form's at very large T, where it has settled. A fixed penalty (l = "
        "0) gains nothing from data; the best exponent for clean labels is too large here."
    ),
    alt="Left: falling error curves. Right: rate of fall against the penalty exponent, highest at the predicted one.",
)


def draw(*, adaptive_ridge: pd.DataFrame, adaptive_limit: pd.DataFrame) -> Canvas:
    """Two panels: errors, and their rates of fall."""
    figure, (left, right) = style.canvas(height=3.8, columns=2)
    exponents = sorted(adaptive_ridge["exponent"].unique())
    colours = {exponent: palette.colour(place) for place, exponent in enumerate(exponents)}
    _errors(left, adaptive_ridge, colours)
    _rates(right, adaptive_ridge, adaptive_limit, colours)
    return figure


def _errors(axes: Axes, table: pd.DataFrame, colours: dict[float, str]) -> None:
    ends = []
    for exponent, colour in colours.items():
        rows = table[table["exponent"] == exponent]
        law = rows.groupby("n_points")["predicted"].mean()
        axes.plot(law.index, law, color=colour, linewidth=1.3)
        summary = means(rows, "n_points", "excess_risk")
        style.measured(axes, summary["n_points"], summary, colour)
        ends.append((float(law.index[-1]), float(law.iloc[-1]), f"l = {exponent:.3g}", colour))
    axes.set_xscale("log", base=2)
    axes.set(yscale="log", xlabel="training examples T", title="excess risk")
    ticks.put(axes.yaxis, LogLocator(subs=(1.0, 2.0, 5.0)))
    label_ends(axes, ends)


def _rates(axes: Axes, table: pd.DataFrame, limit: pd.DataFrame, colours: dict[float, str]) -> None:
    growth = {key: float(table[key].iloc[0]) for key in ("beta", "source", "noise_growth", "size_growth")}
    grid = np.linspace(0, 1.05 * max(colours), 300)
    axes.plot(grid, predicted_rate(grid, **growth), color=palette.INK, linewidth=1.3)
    rng = np.random.default_rng(0)
    for exponent, colour in colours.items():
        risk = table[table["exponent"] == exponent].pivot(index="trial", columns="n_points", values="excess_risk")
        value, low, high = bootstrap_interval(
            risk, lambda rows: -log_log_slope(rows.columns, rows.mean()), rng=rng, resamples=400
        )
        summary = pd.DataFrame({"mean": [value], "low": [low], "high": [high]})
        style.measured(axes, [exponent], summary, colour, capsize=3, markersize=6)
        far = limit[np.isclose(limit["exponent"], exponent)]
        if len(far):
            slope = -log_log_slope(far["n_points"], far["predicted"])
            axes.plot(exponent + 0.018, slope, "o", color=colour, markerfacecolor="white", markersize=6)
    best = adaptive_penalty(**growth)
    clean = clean_penalty(beta=growth["beta"], source=growth["source"])
    for rule, name in ((best, "l*"), (clean, "best for\nclean labels")):
        axes.axvline(rule.exponent, color=palette.FAINT, linewidth=0.9, linestyle=(0, (1, 2)))
        axes.text(rule.exponent, 0.02, name, transform=axes.get_xaxis_transform(), ha="center", fontsize=8.5,
                  bbox={"facecolor": "white", "edgecolor": "none", "pad": 1})  # fmt: skip
    axes.set(xlabel="l in λ = T⁻ˡ", title="rate at which the error falls with T")
