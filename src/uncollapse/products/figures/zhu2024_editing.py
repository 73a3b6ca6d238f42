"""The editing process of Zhu et al. 2024 under several rules for what may be edited, beside equations 5 to 8."""

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Canvas
from matplotlib.ticker import MaxNLocator

from uncollapse.analysis import palette, style
from uncollapse.analysis.direct_labels import label_ends
from uncollapse.statistics.means import means

FIGURE = style.Figure(
    title="What editing does to the error depends on what may be edited",
    source="Zhu et al. 2024, Theorems 1 and 2, equations 5 to 8",
    caption=(
        "Error of the editing process over that of one fit, against rounds. Points: the process itself, simulated, "
        "with 95% intervals. Exact: its expectation, which is the theorem's plus the term that its proof drops, "
        "σ² tr(X⁺M(I−P)MX⁺′) and what follows from it. As printed: Theorem 1 (eq. 5, expectation eq. 39). Bound 2: eq. "
        "6; bound, halved: eq. 7, for edits that halve; the round n: eq. 8, for full replacement. The printed theorem "
        "holds only where everything is edited; its bound of 2 fails for sets that change or are large, and holds for "
        "a small frozen set."
    ),
    alt=(
        "Error against rounds, a panel per editing rule: the process, its exact expectation, the printed theorem, its "
        "bounds."
    ),
)
_TITLES = {
    "disjoint": "{share:.3g}% each round, never twice",
    "fresh": "{share:.3g}% drawn anew each round",
    "frozen": "the same {share:.3g}% each round",
    "halving": "{share:.3g}% at first, fewer each round",
    "replace": "all labels, each round",
}


def draw(*, editing: pd.DataFrame) -> Canvas:
    """One panel per rule."""
    rules = editing[["policy", "share"]].drop_duplicates().itertuples(index=False, name=None)
    rules = sorted(rules, key=lambda rule: (list(_TITLES).index(rule[0]), rule[1]))
    columns = min(3, len(rules))
    lines = -(-len(rules) // columns)
    figure, panels = style.canvas(height=0.4 + 2.7 * lines, rows=lines, columns=columns)
    for axes, (policy, share) in zip(panels, rules, strict=False):
        _panel(axes, editing[(editing["policy"] == policy) & (editing["share"] == share)], policy)
        axes.set_title(_TITLES[policy].format(share=100 * share), fontsize=9)
    for axes in panels[len(rules) :]:
        axes.set_axis_off()
    for axes in panels[::columns]:
        axes.set_ylabel("error / that of one fit")
    for axes in panels[-columns:]:
        axes.set_xlabel("round")
    return figure


def _panel(axes: Axes, rows: pd.DataFrame, policy: str) -> None:
    summary = means(rows, "round", "error")
    every = max(1, round(len(summary) / 10))
    lines = rows.groupby("round")[["expected", "theorem_expected", "bound_6", "bound_7", "law_8"]].mean()
    last = float(lines.index[-1])
    ends = []

    def line(column: str, name: str, colour: str, dash: object, width: float) -> None:
        axes.plot(lines.index, lines[column], color=colour, linestyle=dash, linewidth=width)
        ends.append((last, float(lines[column].iloc[-1]), name, colour))

    if policy == "replace":
        line("law_8", "the round n", palette.INK, (0, (1, 2)), 2.2)
    else:
        line("bound_6", "bound 2", palette.INK, (0, (1, 2)), 1.2)
    if lines["bound_7"].notna().all():
        line("bound_7", "bound, halved", palette.GREEN, (0, (1, 2)), 1.4)
    line("expected", "exact", palette.BLUE, "-", 1.5)
    line("theorem_expected", "as printed", palette.VERMILLION, palette.DASHES[1], 1.4)
    some = summary[(summary["round"] - 1) % every == 0]
    style.measured(axes, some["round"], some, palette.INK, markersize=3.4)
    axes.xaxis.set_major_locator(MaxNLocator(4, integer=True))
    axes.set_ylim(0, 1.08 * max(float(summary["high"].max()), max(end[1] for end in ends)))
    label_ends(axes, ends, size=8)
