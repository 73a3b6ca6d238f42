"""Students minus the generators that wrote their labels, against how good these are, at each length of training."""

import pandas as pd
from matplotlib.figure import Figure as Canvas

from uncollapse.analysis import palette, style
from uncollapse.analysis.direct_labels import label_ends

FIGURE = style.Figure(
    title="Do students pass the generator that wrote their labels?",
    source="Feng et al. 2024 v1, Tables 2 and 3, which have one generator",
    caption=(
        "Test matrices solved within 2%: students minus their generator (percentage points), against what the "
        "generator solves. Each mark is a generator, the mean over its students' seeds; a line a selection, a panel a "
        "length of the students' training. Above zero the students pass the generator."
    ),
    alt="Students minus generator against the generator's accuracy, one line per selection, one panel per length.",
)


def draw(*, generator_quality: pd.DataFrame) -> Canvas:
    """One panel per length of training, from the table of that name."""
    ran = generator_quality[generator_quality["seeds"] > 0]
    lengths = sorted(ran["student_steps"].unique())
    names = list(ran["labels"].drop_duplicates())
    figure, panels = style.canvas(height=3.9, columns=len(lengths), sharey=True)
    for axes, steps in zip(panels, lengths, strict=True):
        ends = []
        for place, name in enumerate(names):
            line = ran[(ran["student_steps"] == steps) & (ran["labels"] == name)]
            line = line.sort_values("generator_accuracy_percent")
            if line.empty:
                continue
            colour = palette.colour(place)
            axes.plot(line["generator_accuracy_percent"], line["ours_mean"], "o-", color=colour, markersize=5)
            last = line.iloc[-1]
            ends.append((last["generator_accuracy_percent"], last["ours_mean"], name, colour))
        axes.axhline(0, color=palette.INK, linestyle=(0, (1, 2)), linewidth=1.1)
        axes.set_title(f"students of {int(steps):,} steps")
        axes.set_xlabel("generator, within 2% (%)")
        label_ends(axes, ends)
    panels[0].set_ylabel("students minus generator (points)")
    return figure
