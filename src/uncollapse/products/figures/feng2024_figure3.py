"""Figure 3 of Feng et al. 2024, both rows: relative error against n' for every generator and verifier, and p_*."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Canvas
from matplotlib.ticker import FixedLocator, LogLocator, NullFormatter

from uncollapse.analysis import palette, style, ticks
from uncollapse.analysis.direct_labels import label_ends
from uncollapse.statistics.means import means
from uncollapse.theory.sweet_spot import SweetSpot, generators, sweet_spots, weak_verifiers

RESAMPLES = 2000
FIGURE = style.Figure(
    title="Finitely many selected examples: oracle, weak verifiers, none",
    source="Feng et al. 2024, Figure 3 (v1; p* as in v2)",
    caption=(
        "A least-squares generator fitted on N₀ examples labels a million new ones; students learn from n′ of them. "
        "Top: error relative to the Bayes-optimal classifier against n′, mean over independent pools with 95% "
        "intervals (mostly smaller than the points; there is no formula for this, points are joined). A weak "
        "verifier's errors have a minimum, marked by a triangle with the 95% interval of its place below. Bottom: p* "
        "of each selection; filled: right means the example's own label; hollow: right means the Bayes classifier's "
        "label. Panels: generators from poor to good."
    ),
    alt="Relative error against the number of selected examples, four panels; below each the p* of the verifiers.",
)
_COLOURS = {"clean": palette.INK, "oracle": palette.GREEN, "random": palette.FAINT}
_WEAK = (palette.BLUE, palette.VERMILLION, palette.PURPLE)


def draw(*, finite_sample: pd.DataFrame) -> Canvas:
    """One column per generator; curves above, p_* below."""
    sizes, weak = generators(finite_sample), weak_verifiers(finite_sample)
    spots = sweet_spots(finite_sample, resamples=RESAMPLES, rng=np.random.default_rng(0))
    colours = _COLOURS | dict(zip(weak, _WEAK, strict=False))
    figure, panels = style.canvas(
        height=5.6, rows=2, columns=len(sizes), sharey="row", gridspec_kw={"height_ratios": [2.3, 1]}
    )
    top, bottom = panels[: len(sizes)], panels[len(sizes) :]
    for place, size in enumerate(sizes):
        here = finite_sample[(finite_sample["n_original"] == size) | (finite_sample["selection"] == "clean")]
        accuracy = 100 * float(here["generator_accuracy"].mean())
        top[place].set_title(f"N₀ = {size:,}\ngenerator {accuracy:.1f}%", fontsize=9)
        ends = _curves(top[place], here, colours)
        _spots(top[place], {name: spots[size, name] for name in weak}, colours)
        if place == len(sizes) - 1:
            label_ends(top[place], ends)
        _breakdown(bottom[place], here, [*weak[::-1], "oracle"], colours)
    top[0].set_ylabel("relative error (%)")
    return figure


def _curves(axes: Axes, table: pd.DataFrame, colours: dict[str, str]) -> list[tuple[float, float, str, str]]:
    ends = []
    for selection, colour in colours.items():
        curve = table[table["selection"] == selection]
        if curve.empty:
            continue
        summary = means(curve.assign(percent=100 * curve["relative_error"]), "selected", "percent")
        axes.plot(summary["selected"], summary["mean"], color=colour, linewidth=1.1, alpha=0.7)
        style.measured(axes, summary["selected"], summary, colour, markersize=3)
        ends.append((float(summary["selected"].iloc[-1]), float(summary["mean"].iloc[-1]), _name(selection), colour))
    axes.set(xscale="log", yscale="log")
    ticks.put(axes.yaxis, LogLocator(subs=(1.0, 3.0)))
    axes.xaxis.set_major_locator(LogLocator(numticks=9))
    axes.xaxis.set_minor_formatter(NullFormatter())
    axes.set_xlabel("selected examples n′")
    return ends


def _spots(axes: Axes, spots: dict[str, SweetSpot], colours: dict[str, str]) -> None:
    for place, (name, spot) in enumerate(spots.items()):
        level = 0.04 + 0.045 * place
        how = {"transform": axes.get_xaxis_transform(), "color": colours[name], "clip_on": False}
        axes.plot([spot.size_low, spot.size_high], [level, level], linewidth=2.2, alpha=0.6, **how)
        axes.plot(spot.size, level, marker="^", markersize=6, **how)


def _breakdown(axes: Axes, table: pd.DataFrame, selections: list[str], colours: dict[str, str]) -> None:
    names = ["random", *selections]
    for place, selection in enumerate(names):
        rows = table[table["selection"] == selection].drop_duplicates("trial")
        for column, filled in (("breakdown_point_bayes", False), ("breakdown_point", True)):
            mean = float(rows[column].mean())
            face = colours[selection] if filled else "white"
            axes.plot(mean, place, "o", color=colours[selection], markerfacecolor=face, markersize=6, clip_on=False)
    axes.yaxis.set_major_locator(FixedLocator(range(len(names))))
    axes.set_yticklabels([_name(name) for name in names])
    axes.set(ylim=(-0.6, len(names) - 0.4), xlim=(0.48, 1.02))
    axes.xaxis.set_major_locator(FixedLocator([0.5, 0.75, 1.0]))
    axes.grid(axis="x")
    axes.set_xlabel("p*")


def _name(selection: str) -> str:
    return selection.replace("theta ", "verifier at ").replace(" deg", "°").replace("random", "no selection")
