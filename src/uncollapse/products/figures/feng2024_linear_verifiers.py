"""Figure 2 of Feng et al. 2024 (v1): linear generators and verifiers; only angles matter."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Canvas

from uncollapse.analysis import palette, style
from uncollapse.analysis.direct_labels import label_ends
from uncollapse.statistics.means import means

FIGURE = style.Figure(
    title="A linear verifier moves the breakdown point by its angle",
    source="Feng et al. 2024 v1, Figure 2 and App. D.6",
    caption=(
        "Generator and verifier are linear models; p is the angle of the generator to the truth over π, and curves "
        "are named by the verifier's angle. Left: labels are wrong and kept independently of the features, with the "
        "p, φ and ψ that the angles give: Theorem 3.2's case, a step (lines). Middle: labels and verdicts of the "
        "vectors themselves: accuracy passes one half at the same p*, but smoothly (lines: the limit 1 − angle/π). "
        "Right: where accuracy passes one half, for all dihedral angles and both cases, on the predicted line p* = 1 "
        "− θ/π; points of one θ stand side by side. 95% intervals over training sets. φ and ψ use the corrected "
        "formulas: the printed eq. 23 scales the noise wrongly and its ψ can exceed 1."
    ),
    alt="Accuracy against generator error for four verifier angles: steps, smooth curves, and crossings on a line.",
)
_NAMES = {"angles": "independent flips", "vectors": "actual vectors"}


def draw(*, supervised_curves: pd.DataFrame, supervised_breakdown: pd.DataFrame) -> Canvas:
    """Two panels of curves and one of crossings."""
    figure, panels = style.canvas(height=3.6, columns=3)
    for axes, mechanism in zip(panels, _NAMES, strict=False):
        _curves(axes, supervised_curves[supervised_curves["mechanism"] == mechanism], mechanism)
    panels[0].set_ylabel("accuracy")
    _crossings(panels[2], supervised_breakdown)
    return figure


def _curves(axes: Axes, table: pd.DataFrame, mechanism: str) -> None:
    sides = sorted(table["dihedral"].unique())
    table = table[table["dihedral"] == min(sides, key=lambda side: abs(side - np.pi / 2))]
    table = table[table["n_points"] == table["n_points"].max()]
    ends = []
    for place, (theta, curve) in enumerate(table.groupby("theta_prune")):
        colour = palette.colour(place)
        star = 1 - float(theta) / np.pi
        if mechanism == "angles":
            axes.plot([0, star, star, 1], [1, 1, 0, 0], color=colour, linewidth=1.3, alpha=0.8)
        else:
            limit = curve.drop_duplicates("error_rate").sort_values("error_rate")
            axes.plot(limit["error_rate"], limit["limit_accuracy"], color=colour, linewidth=1.3, alpha=0.8)
        summary = means(curve, "error_rate", "accuracy", bounds=(0, 1))
        style.measured(axes, summary["error_rate"], summary, colour, markersize=3.2)
        last = float(curve.loc[curve["error_rate"].idxmax(), "limit_accuracy"])
        ends.append((float(curve["error_rate"].max()), last, _degrees(float(theta)), colour))
        if mechanism == "angles":
            how = {
                "color": palette.legible(colour),
                "ha": "center",
                "va": "bottom",
                "fontsize": 8.5,
                "annotation_clip": False,
            }
            axes.annotate(_degrees(float(theta)).rstrip("°"), (star, 1.05), **how)
    if mechanism == "angles":
        axes.text(0.02, 1.05, "θ (degrees) =", fontsize=8.5, va="bottom")
    axes.set_title(f"{_NAMES[mechanism]}, N = {table['n_points'].max():,}", pad=16)
    axes.set(xlabel="share of wrong labels p", xlim=(-0.02, 1.02), ylim=(-0.04, 1.04))
    if mechanism == "vectors":
        label_ends(axes, ends)


def _crossings(axes: Axes, table: pd.DataFrame) -> None:
    grid = np.array([0, table["theta_prune"].max() * 1.08])
    axes.plot(np.degrees(grid), 1 - grid / np.pi, color=palette.INK, linewidth=1.3)
    largest = table[table["n_points"] == table.groupby("mechanism")["n_points"].transform("max")]
    for place, (mechanism, name) in enumerate(_NAMES.items()):
        rows = largest[largest["mechanism"] == mechanism]
        for shift, (_, curve) in enumerate(rows.groupby("dihedral")):
            summary = means(curve, "theta_prune", "measured")
            x = np.degrees(summary["theta_prune"]) + 1.6 * (2 * shift + place - 2.5)
            colour = (palette.BLUE, palette.VERMILLION)[place]
            style.measured(axes, x, summary, colour, marker="os"[place], markersize=3.6)
        name_colour = palette.legible((palette.BLUE, palette.VERMILLION)[place])
        axes.text(0.05, 0.14 - 0.075 * place, ("● ", "■ ")[place] + name, color=name_colour,
                  transform=axes.transAxes, fontsize=8.5)  # fmt: skip
    axes.text(0.97, 0.93, "p* = 1 − θ/π", transform=axes.transAxes, ha="right", fontsize=8.5)
    axes.set_title("p where it passes 1/2", pad=16)
    axes.set_xlabel("verifier's angle θ (degrees)")


def _degrees(angle: float) -> str:
    return f"{np.degrees(angle):.3g}°"
