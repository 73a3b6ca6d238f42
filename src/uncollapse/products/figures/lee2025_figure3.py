"""Figure 3 of Lee et al. 2025: reverse addition, round after round."""

import pandas as pd
from matplotlib.figure import Figure as Canvas

from uncollapse.analysis import style
from uncollapse.analysis.rounds_drawn import courses_by_round

FIGURE = style.Figure(
    title="Reverse addition beyond the digits of the initial training",
    source="Lee et al. 2025, Figure 3",
    caption=(
        "Accuracy on test questions by the digits of either number, after the initial training (dark blue) and after "
        "further rounds, in each of which the models learn from their own answers to sums of more digits. Mean over "
        "seeds; the band of the last round is its 95% interval. The dotted line is the largest number of digits in the "
        "initial data, the dashed one the largest that the models labelled themselves."
    ),
    alt="Accuracy against digits, one line a round: later rounds stay high for more digits.",
)


def draw(*, accuracies: pd.DataFrame, filtered: pd.DataFrame, runs: pd.DataFrame, courses: pd.DataFrame) -> Canvas:
    """One panel a course, a line for each of some rounds."""
    return courses_by_round(accuracies, filtered, runs, courses, [("addition", "reverse")])
