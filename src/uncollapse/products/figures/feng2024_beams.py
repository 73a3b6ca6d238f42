"""Table 1 of Feng et al. 2024 as a picture: accuracy against beam width, verify-all against verify-best."""

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Canvas

from uncollapse.analysis import palette, style, ticks
from uncollapse.analysis.direct_labels import label_ends

FIGURE = style.Figure(
    title="Accuracy against beam width, with and without a verifier",
    source="Feng et al. 2024 v1, Table 1",
    caption=(
        "Accuracy of the generator against the width of its beam, one panel per tolerance. Filled points: ours, mean "
        "over generator seeds with its 95% interval. Hollow points on dashed lines: the paper's numbers (5 x 5 "
        "matrices). Upper curves count a matrix as solved if any candidate of the beam is right, lower ones if the "
        "generator's own first choice is: the distance between them is what a verifier can add."
    ),
    alt="Accuracy against beam width, one panel per tolerance: any candidate of the beam against the own first choice.",
)
CURVES = {"verify_all": ("any candidate", palette.BLUE), "verify_best": ("own first choice", palette.VERMILLION)}


def draw(*, feng2024_table1: pd.DataFrame) -> Canvas:
    """One panel per tolerance that we ran, widest first, from the comparison frame of Table 1."""
    ran = feng2024_table1[feng2024_table1["seeds"] > 0]
    if ran.empty:
        return style.nothing("No row of Table 1 was run: nothing to draw.")
    tolerances = sorted(ran["tolerance_percent"].unique(), reverse=True)
    beams = sorted(int(beam) for beam in feng2024_table1["beam_size"].unique())
    figure, panels = style.canvas(height=3.7, columns=len(tolerances), sharey=True)
    for position, (axes, tolerance) in enumerate(zip(panels, tolerances, strict=True)):
        here = feng2024_table1[feng2024_table1["tolerance_percent"] == tolerance].sort_values("beam_size")
        _panel(axes, here, beams)
        axes.set_title(f"within {tolerance:g}%")
        if position == 0:
            axes.set_ylabel("matrices solved (%)")
    panels[0].set_ylim(0, 103)
    figure.supxlabel("candidates in the beam", fontsize=9.5)
    _name_curves(panels[-1], feng2024_table1[feng2024_table1["tolerance_percent"] == tolerances[-1]])
    return figure


def _panel(axes: Axes, rows: pd.DataFrame, beams: list[int]) -> None:
    for selection, (_, colour) in CURVES.items():
        curve = rows[rows["selection"] == selection]
        paper, ours = curve.dropna(subset=["paper"]), curve[curve["seeds"] > 0]
        axes.plot(paper["beam_size"], paper["paper"], color=colour, linestyle=(0, (4, 2)), linewidth=1.0, alpha=0.8)
        axes.plot(
            paper["beam_size"], paper["paper"], "o", color=colour, markerfacecolor="white", markersize=4.5, zorder=3
        )
        summary = ours.rename(columns={"ours_mean": "mean", "ours_low": "low", "ours_high": "high"})
        more = {"markersize": 6, "capsize": 3, "elinewidth": 1.2, "linestyle": "-"}
        style.measured(axes, ours["beam_size"], summary, colour, **more)
    axes.set(xscale="log", xlim=(min(beams) / 1.25, max(beams) * 1.25))
    named = _legible(beams)
    ticks.put(axes.xaxis, beams, lambda value: f"{value:g}" if round(value) in named else "", alone=True)


def _legible(beams: list[int], ratio: float = 1.45) -> set[int]:
    """Beam widths whose tick labels do not touch on a log axis: from the widest down, ``ratio`` apart or more."""
    named: list[int] = []
    for beam in sorted(beams, reverse=True):
        if not named or named[-1] / beam >= ratio:
            named.append(beam)
    return set(named)


def _name_curves(axes: Axes, rows: pd.DataFrame) -> None:
    ends = []
    for selection, (name, colour) in CURVES.items():
        curve = rows[rows["selection"] == selection].sort_values("beam_size")
        for column, whose in (("ours_mean", "ours"), ("paper", "paper")):
            ending = curve.dropna(subset=[column]).tail(1)
            for beam, value in zip(ending["beam_size"], ending[column], strict=True):
                ends.append((float(beam), float(value), f"{name}, {whose}", colour))
    label_ends(axes, ends)
