"""Table 4 of Feng et al. 2024 as a picture: what fine-tuning on the generator's labels makes of four models."""

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Canvas
from matplotlib.lines import Line2D

from uncollapse.analysis import palette, style
from uncollapse.analysis.fine_tuned import BEFORE, COLUMNS, labels_in_words

FIGURE = style.Figure(
    title="Fine-tuning on the generator's labels: before and after",
    source="Feng et al. 2024 v1, Table 4",
    caption=(
        "Accuracy within 2%, one panel per starting model: before fine-tuning (lines) and after it on the labels named "
        "at the left (marks); ours, mean over seeds, and the paper's numbers (5 x 5 matrices)."
    ),
    alt="Accuracy before and after fine-tuning, one panel per starting model, one mark per set of labels.",
)
_PAPER = (0, (4, 2))  # dashes of the paper's lines


def draw(*, feng2024_table4: pd.DataFrame) -> Canvas:
    """One panel per column of Table 4, one mark per data set that we ran, from the comparison frame."""
    frame = feng2024_table4.assign(label=[labels_in_words(row) for row in feng2024_table4.to_dict("records")])
    ran = frame[(frame["seeds"] > 0) & (frame["selection"] != BEFORE)]
    if ran.empty:
        return style.nothing("No cell of Table 4 was run: nothing to draw.")
    frame = frame[frame["label"].isin(ran["label"]) | (frame["selection"] == BEFORE)]
    columns = [name for name in COLUMNS if (ran["starting_model"] == name).any()]
    order = ran.assign(beams=ran["generation_beam_size"].astype(float)).sort_values(["selection", "beams"])
    labels = list(order["label"].drop_duplicates())
    figure, panels = style.canvas(height=1.5 + 0.3 * len(labels), columns=len(columns), sharey=True)
    for axes, name in zip(panels, columns, strict=True):
        _panel(axes, frame[frame["starting_model"] == name].set_index("label"), labels)
        axes.set_title(COLUMNS[name])
    _key(figure)
    panels[0].set_yticks(range(len(labels)), [label.partition(":")[0] for label in labels])
    panels[0].set_ylim(len(labels) - 0.4, -0.6)
    figure.supxlabel("test matrices solved within 2% (%)", fontsize=9.5)
    return figure


def _key(figure: Canvas) -> None:
    """Key of marks and lines, above the panels."""
    shapes = [
        Line2D([], [], color=palette.INK, marker="o", linestyle="none", markersize=7, label="after, ours"),
        Line2D([], [], color=palette.INK, linewidth=1.1, label="before, ours"),
        Line2D([], [], color=palette.INK, marker="o", linestyle="none", markersize=5.5, markerfacecolor="white",
               label="after, the paper"),
        Line2D([], [], color=palette.INK, linewidth=1.1, linestyle=_PAPER, label="before, the paper"),
    ]  # fmt: skip
    figure.legend(handles=shapes, loc="outside upper left", ncols=len(shapes), frameon=False, fontsize=8.5)


def _panel(axes: Axes, rows: pd.DataFrame, labels: list[str]) -> None:
    before = rows[rows["selection"] == BEFORE]
    for column, dash in (("ours_mean", "-"), ("paper", _PAPER)):
        for level in before[column].dropna():
            axes.axvline(level, color=palette.INK, linestyle=dash, linewidth=1.1, alpha=0.8)
    for position, label in enumerate(labels):
        if label not in rows.index:
            continue
        row, colour = rows.loc[label], palette.colour(position)
        axes.plot(row["paper"], position, "o", color=colour, markerfacecolor="white", markersize=5.5, zorder=3)
        error = [[row["ours_mean"] - row["ours_low"]], [row["ours_high"] - row["ours_mean"]]]
        bars = None if pd.isna(row["ours_low"]) else error
        axes.errorbar(
            row["ours_mean"], position, xerr=bars, color=colour, marker="o", markersize=7, capsize=3, zorder=4
        )
    axes.set_xlim(0, 100)
    axes.grid(axis="x")
    axes.grid(visible=False, axis="y")
