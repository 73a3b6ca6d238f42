"""Panels that several figures of self-improvement share."""

from collections.abc import Sequence

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Canvas

from uncollapse.analysis import palette, style, ticks
from uncollapse.analysis.rounds import courses_of, plain, reached, whole_runs
from uncollapse.analysis.rounds_in_words import difficulty_word, named
from uncollapse.statistics.means import means


def courses_by_round(
    accuracies: pd.DataFrame,
    filtered: pd.DataFrame,
    runs: pd.DataFrame,
    courses: pd.DataFrame,
    tasks: Sequence[tuple[str, str]],
) -> Canvas:
    """A panel for the main course of each task that has a plain run: accuracy by difficulty, a line a round."""
    found = [course for course in courses_of(courses, tasks) if len(plain(runs, course))]
    if not found:
        return style.nothing("No course of this task has a run step by step without filters.")
    figure, panels = style.canvas(height=3.6, columns=len(found), sharey=True)
    for axes, course in zip(panels, found, strict=True):
        mine = plain(runs, course).iloc[:1]
        by_difficulty(axes, whole_runs(accuracies, mine))
        about = courses.set_index("course").loc[course]
        axes.axvline(about["start"], color=palette.FAINT, linestyle=":", linewidth=1.2)
        axes.axvline(reached(filtered, mine).max(), color=palette.FAINT, linestyle="--", linewidth=1.0)
        axes.set_title(named(courses, course))
        axes.set_xlabel(difficulty_word(about["task"]))
    panels[0].set_ylabel("accuracy on test questions, %")
    return figure


def chosen_rounds(last: int, *, most: int = 7) -> Sequence[int]:
    """Rounds to draw of many: the first, the last, and some between.

    >>> list(chosen_rounds(3)), list(chosen_rounds(60))
    ([0, 1, 2, 3], [0, 10, 20, 30, 40, 50, 60])
    """
    return sorted({round(last * place / (most - 1)) for place in range(most)}) if last >= most else range(last + 1)


def by_difficulty(axes: Axes, whole: pd.DataFrame) -> None:
    """Accuracy by difficulty after some rounds, from dark blue to vermillion; names stand beside the right edge."""
    rounds = chosen_rounds(int(whole["round"].max()))
    ends = []
    for place, number in enumerate(rounds):
        mine = whole[whole["round"] == number]
        summary = means(
            mine.assign(accuracy=100 * mine["correct"] / mine["questions"]), "difficulty", "accuracy", bounds=(0, 100)
        )
        colour = palette.shade(place, len(rounds))
        axes.plot(summary["difficulty"], summary["mean"], color=colour, linewidth=1.6)
        if number == rounds[-1] and summary["low"].notna().any():
            axes.fill_between(summary["difficulty"], summary["low"], summary["high"], color=colour, alpha=0.15, lw=0)
        ends.append((number, colour))
    axes.set_ylim(-3, 103)
    ticks.whole(axes.xaxis)
    for place, (number, colour) in enumerate(ends):
        axes.text(
            1.01,
            0.97 - 0.085 * place,
            f"round {number}",
            color=palette.legible(colour),
            fontsize=8.5,
            transform=axes.transAxes,
            va="top",
        )
