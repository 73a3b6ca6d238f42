"""Weak generalization: models of the initial training alone, before any self-improvement."""

import pandas as pd
from matplotlib.figure import Figure as Canvas

from uncollapse.analysis import palette, style
from uncollapse.analysis.direct_labels import label_ends
from uncollapse.analysis.rounds_in_words import named
from uncollapse.statistics.means import means

FIGURE = style.Figure(
    title="Before self-improvement: how far a model reaches beyond its training data",
    source='after Lee et al. 2025, "weak generalization"',
    caption=(
        "Accuracy on test questions by difficulty, over the largest difficulty of the initial data (the dotted line at "
        "1). Mean over seeds with 95% intervals."
    ),
    alt="Accuracy against difficulty: high up to the trained maximum, then falling to zero.",
)


def draw(*, accuracies: pd.DataFrame, courses: pd.DataFrame) -> Canvas:
    """One panel, a line for each course."""
    figure, (axes,) = style.canvas(height=3.6)
    ends = []
    for number, about in enumerate(courses.itertuples()):
        mine = accuracies[(accuracies["run"] == about.course) & (accuracies["round"] == 0)]
        mine = mine.assign(accuracy=100 * mine["correct"] / mine["questions"], place=mine["difficulty"] / about.start)
        mine = mine[mine["place"] <= 2.2]
        summary = means(mine, "place", "accuracy", bounds=(0, 100))
        colour = palette.colour(number)
        axes.plot(summary["place"], summary["mean"], color=colour)
        style.measured(axes, summary["place"], summary, colour, markersize=3)
        ends.append(
            (float(summary["place"].iloc[-1]), float(summary["mean"].iloc[-1]), named(courses, about.course), colour)
        )
    axes.axvline(1, color=palette.FAINT, linestyle=":", linewidth=1.2)
    axes.set(xlabel="difficulty over the largest of the initial data", ylabel="accuracy on test questions, %")
    axes.set_ylim(-3, 103)
    label_ends(axes, ends)
    return figure
