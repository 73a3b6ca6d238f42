"""Rejection sampling: does what is known before training say what students will gain?"""

import math

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Canvas

from uncollapse.analysis import palette, style
from uncollapse.analysis.direct_labels import label_ends
from uncollapse.analysis.figure_text import literal
from uncollapse.analysis.formatting import number
from uncollapse.analysis.rejection_sampling import GO, NO_GO, Point, SelectionRun
from uncollapse.statistics.estimate import Estimate

FIGURE = style.Figure(
    title="Does p* of a verifier say what its students gain?",
    source="p* of Feng et al. 2024; twins after the random control of rejection sampling",
    caption=(
        "A mark for each selection of answers. Horizontal: p* of its verifier on all candidates, before any training, "
        "with the audit's interval. Left: pass rate on held-out prompts of students of what was kept, less that of "
        "students of as many random candidates of the same prompts. Right: the same less the base model that all start "
        "from. 95% intervals over test prompts and seeds, each of which has train prompts of its own. No verifier has "
        "p* = 0.5."
    ),
    alt="Gain of students over the random twin (left) and over the base model (right) against p*, a mark a selection.",
)

_PAPER = {"facecolor": "white", "edgecolor": "none", "pad": 1.5}  # behind words, so that no line goes through them


def draw(
    *,
    passed: pd.DataFrame,
    selection_audits: pd.DataFrame,
    selection_decisions: pd.DataFrame,
    answer_selections: pd.DataFrame,
) -> Canvas:
    """Two panels: the gain over the twin, and over the base model, against p*."""
    run = SelectionRun(passed, selection_audits, selection_decisions, answer_selections)
    points = run.ranked
    if not points:
        return style.nothing("No selection has a p*: the candidates are all right, all wrong, or none is accepted.")
    figure, (left, right) = style.canvas(height=4.6, columns=2, sharey=True)
    figure.get_layout_engine().set(rect=(0, 0, 0.94, 1), wspace=0.12)  # type: ignore[union-attr]  # for names
    gains = ((left, "random twin", "over_twin"), (right, "base model", "over_base"))
    for axes, what, which in gains:
        for place, point in enumerate(points):
            _mark(axes, point, getattr(point, which), palette.colour(place))
        axes.axhline(0, color=palette.INK, linewidth=0.8)
        axes.axvline(0.5, color=palette.FAINT, linewidth=1.0, linestyle=(0, (1, 2)))
        axes.set(xlabel="p* before training", xlim=(-0.03, 1.03), title=f"gain over the {what}")
    left.set_ylabel("points of pass rate")
    rank = run.ranks().correlation("p_star").value if len(points) > 2 else math.nan
    if not np.isnan(rank):
        text = f"rank correlation of p* with pass rates {number(rank, 2)}"
        left.annotate(text, (0.02, 0.98), xycoords="axes fraction", va="top", fontsize=8.5, bbox=_PAPER)
    _say_decisions(right, points)
    for axes, _, which in gains:
        ends = [
            (point.p_star.value, gain.value, literal(point.selection.replace("_", " ")), palette.colour(place))
            for place, point in enumerate(points)
            if not math.isnan((gain := getattr(point, which)).value)
        ]
        label_ends(axes, ends, size=7.5)
    return figure


def _said(point: Point) -> tuple[str, str, bool]:
    """Word of the audit, and the form of the mark that says it: its marker, and whether it is full."""
    if point.decision == NO_GO:
        return NO_GO, "X", True
    return ("GO", "o", True) if point.decision in GO else ("neither", "o", False)


def _say_decisions(axes: Axes, points: list[Point]) -> None:
    """Key of the forms that the marks have."""
    for said, marker, full in sorted({_said(point) for point in points}):
        fill = palette.INK if full else "white"
        axes.plot([], [], marker, color=palette.INK, markerfacecolor=fill, label=said)
    axes.legend(title="the audit said", loc="upper left", fontsize=8, title_fontsize=8, frameon=False)


def _mark(axes: Axes, point: Point, gain: Estimate, colour: str) -> None:
    if math.isnan(gain.value):
        return
    _, marker, full = _said(point)
    fill = colour if full else "white"
    across = [[point.p_star.value - point.p_star.low], [point.p_star.high - point.p_star.value]]
    up = [[gain.value - gain.low], [gain.high - gain.value]]
    axes.errorbar(
        [point.p_star.value], [gain.value], xerr=np.nan_to_num(across), yerr=np.nan_to_num(up),
        color=colour, marker=marker, markerfacecolor=fill, markersize=6, elinewidth=1.0, capsize=2, zorder=3,
    )  # fmt: skip
