"""Figure 18 of Lee et al. 2025: largest difficulty that is mastered, by round and schedule."""

import pandas as pd
from matplotlib.figure import Figure as Canvas

from uncollapse.analysis import palette, style, ticks
from uncollapse.analysis.direct_labels import label_ends
from uncollapse.analysis.rounds import farthest, whole_runs
from uncollapse.analysis.rounds_in_words import named, scheduled
from uncollapse.statistics.means import means

FIGURE = style.Figure(
    title="Largest difficulty at 99% accuracy, by schedule",
    source="Lee et al. 2025, Figure 18",
    caption=(
        "Largest difficulty of which a model answers 99% of the test questions right, after each round; mean over "
        "seeds with 95% intervals. The dashed grey line is one new difficulty a round. Accelerated runs take several "
        "at once from the dotted line on: all that the models master, as told by true answers, or by whether all "
        "models agree, which takes none. All at once: every round labels all difficulties that the steps reach in the "
        "end."
    ),
    alt="Largest mastered difficulty against the round, one line a schedule, one panel a task.",
)


def draw(*, accuracies: pd.DataFrame, runs: pd.DataFrame, courses: pd.DataFrame) -> Canvas:
    """A panel for each course with several schedules."""
    chosen = scheduled(runs)
    found = list(dict.fromkeys(chosen["course"]))
    if not found:
        return style.nothing("No course has several schedules: runs with another one in the config add some.")
    figure, panels = style.canvas(height=3.6, columns=len(found))
    for axes, course in zip(panels, found, strict=False):
        mine = chosen[chosen["course"] == course]
        reach = farthest(whole_runs(accuracies, mine))
        start = int(courses.set_index("course").loc[course, "start"])
        last = int(mine["rounds"].max())
        axes.plot([0, last], [start, start + last], color=palette.FAINT, linestyle="--", linewidth=1.0)
        ends = []
        for number, run in enumerate(mine.itertuples()):
            summary = means(reach[reach["run"] == run.run], "round", "difficulty", bounds=(0, float("inf")))
            colour = palette.colour(number)
            axes.plot(summary["round"], summary["mean"], color=colour)
            style.measured(axes, summary["round"], summary, colour, markersize=3)
            ends.append((float(summary["round"].iloc[-1]), float(summary["mean"].iloc[-1]), run.words, colour))
            if run.schedule == "accelerated":
                axes.axvline(run.after, color=palette.FAINT, linestyle=":", linewidth=1.0)
        axes.set_title(named(courses, course))
        axes.set(xlabel="round", ylabel="largest difficulty at 99%" if axes is panels[0] else "")
        ticks.whole(axes.xaxis)
        label_ends(axes, ends, size=8.0)
    return figure
