"""Figure 4 of Lee et al. 2025: copying and reversing strings, round after round."""

import pandas as pd
from matplotlib.figure import Figure as Canvas

from uncollapse.analysis import style
from uncollapse.analysis.rounds_drawn import courses_by_round

FIGURE = style.Figure(
    title="Copying and reversing beyond the lengths of the initial training",
    source="Lee et al. 2025, Figure 4",
    caption=(
        "Accuracy on test questions by the length of the string, after the initial training (dark blue) and after "
        "further rounds, in each of which the models learn from their own answers to longer strings. Mean over seeds; "
        "the band of the last round is its 95% interval. The dotted line is the largest length in the initial data, "
        "the dashed one the largest that the models labelled themselves."
    ),
    alt="Accuracy against length, one line a round: later rounds stay high for longer strings.",
)


def draw(*, accuracies: pd.DataFrame, filtered: pd.DataFrame, runs: pd.DataFrame, courses: pd.DataFrame) -> Canvas:
    """Two panels, a line for each of some rounds."""
    return courses_by_round(accuracies, filtered, runs, courses, [("strings", "copy"), ("strings", "reverse")])
