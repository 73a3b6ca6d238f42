"""Filters on harder tasks: wrong labels and accuracy, round after round."""

import itertools

import pandas as pd
from matplotlib.figure import Figure as Canvas

from uncollapse.analysis import palette, style, ticks
from uncollapse.analysis.direct_labels import label_ends
from uncollapse.analysis.rounds import labels_by_round, newest
from uncollapse.analysis.rounds_in_words import filtered_runs, named
from uncollapse.statistics.means import means

FIGURE = style.Figure(
    title="Filters of a model's own answers",
    source="after Lee et al. 2025, section 5",
    caption=(
        "Left: wrong labels among those that the models learn from, by round. Right: accuracy after each round on the "
        "test questions of the difficulty that it introduced. Mean over seeds with 95% intervals. The oracle knows the "
        "true answers; at random keeps as many labels as the filter that it is named after. One row a task."
    ),
    alt="Wrong labels and accuracy against the round, one line a filter.",
)

_CONTROLS = {"": palette.INK, "oracle": palette.FAINT}


def draw(*, accuracies: pd.DataFrame, filtered: pd.DataFrame, runs: pd.DataFrame, courses: pd.DataFrame) -> Canvas:
    """Two panels a course that has runs with filters."""
    chosen = filtered_runs(runs)
    found = list(dict.fromkeys(chosen["course"]))
    if not found:
        return style.nothing("No run step by step has filters: filters in the config add some.")
    figure, panels = style.canvas(height=3.3 * len(found), columns=2, rows=len(found))
    for row, course in enumerate(found):
        left, right = panels[2 * row : 2 * row + 2]
        mine = chosen[chosen["course"] == course]
        labels, accuracy = labels_by_round(filtered, mine), newest(accuracies, filtered, mine)
        ends, others = [], itertools.count()
        for run in mine.itertuples():
            colour = _CONTROLS.get(run.filters) or palette.colour(next(others))
            for axes, table, value in ((left, labels, "wrong_kept"), (right, accuracy, "accuracy")):
                summary = means(table[table["run"] == run.run], "round", value, bounds=(0, 100))
                axes.plot(summary["round"], summary["mean"], color=colour)
                style.measured(axes, summary["round"], summary, colour, markersize=3)
            ends.append((float(summary["round"].iloc[-1]), float(summary["mean"].iloc[-1]), run.words, colour))
        left.set(ylabel="wrong labels learned from, %", title=named(courses, course), xlabel="round")
        right.set(ylabel="accuracy on the newest, %", xlabel="round", ylim=(-3, 103))
        for axes in (left, right):
            ticks.whole(axes.xaxis)
        left.set_ylim(bottom=0)
        label_ends(right, ends, size=8.0)
    return figure
