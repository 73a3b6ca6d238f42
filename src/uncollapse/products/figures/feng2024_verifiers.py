"""Figure 4 of the second version of Feng et al. 2024, put to the test: what foretells students?"""

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Canvas

from uncollapse.analysis import palette, style
from uncollapse.analysis.dataset_words import FILTERS
from uncollapse.analysis.direct_labels import label_ends
from uncollapse.analysis.formatting import number
from uncollapse.analysis.grouped_run import GroupedRun
from uncollapse.analysis.labellers import THEMSELVES
from uncollapse.analysis.verifier_quality import TOLERANCE, Point, design, in_words, points, ranks
from uncollapse.proxy.coverage import LEAST

FIGURE = style.Figure(
    title="Does p* foretell how good the students will be?",
    source="Feng et al. 2024 v2, Figure 4",
    caption=(
        "Accuracy within 2% of students trained from scratch on what each selection of the run kept, of one number of "
        "examples, against what is known before any training: left the selection's p* at 2%, right its effective "
        "share, how much of the prompts' distribution the kept prompts still cover (1: all of it). Thin marks are "
        "models, thick ones their mean; hollow marks cover less than a tenth. The dotted line is the generator that "
        f"wrote the labels. p* counts right and wrong labels and does not see which prompts are left. {FILTERS}"
    ),
    alt="Accuracy within 2% against p* (left) and against the effective share of prompts (right), a mark a selection.",
)


def draw(
    *,
    groups: pd.DataFrame,
    datasets: pd.DataFrame,
    evaluations: pd.DataFrame,
    outcomes: pd.DataFrame,
    group_evaluations: pd.DataFrame,
    group_outcomes: pd.DataFrame,
    proxy: pd.DataFrame,
    labellers: pd.DataFrame,
) -> Canvas:
    """Two panels: accuracy against p_*, and against the effective share."""
    run = GroupedRun(
        groups=groups, evaluations=evaluations, outcomes=outcomes, group_evaluations=group_evaluations,
        group_outcomes=group_outcomes, labellers=labellers,
    )  # fmt: skip
    found = points(run, datasets, proxy, TOLERANCE)
    figure, (left, right) = style.canvas(height=4.4, columns=2, sharey=True)
    left.set_xlabel("p* of the selection")
    left.set_ylabel("test matrices solved within 2% (%)")
    right.set_xlabel("effective share of the prompts (log scale)")
    right.set_xscale("log")
    if not found:  # a generator without a single right answer, as in scales/smoke.yaml
        left.set_title("no data set has a p*: the generator has no right answers")
        return figure
    generator = design(run, found, TOLERANCE).accuracy(THEMSELVES)
    words = in_words(found)
    of_ranks = ranks(found)
    for axes, name, place in (
        (left, "p*", lambda point: point.p_star.value),
        (right, "effective share", lambda point: point.share),
    ):
        axes.axhline(generator, color=palette.INK, linestyle=(0, (1, 2)), linewidth=1.1)
        axes.annotate("generator", (0.02, generator), xycoords=("axes fraction", "data"), va="bottom", fontsize=8.5)
        axes.set_title(f"{name}: rank correlation {number(of_ranks.correlation(name).value, 2)}")
        for place_in_order, point in enumerate(found):
            _mark(axes, place(point), point, palette.colour(place_in_order))
    left.set_ylim(bottom=0)  # once all is drawn
    for axes, place in ((left, lambda point: point.p_star.value), (right, lambda point: point.share)):
        ends = [
            (place(point), point.accuracy, words[point.dataset], palette.colour(n)) for n, point in enumerate(found)
        ]
        label_ends(axes, ends, size=8)
    return figure


def _mark(axes: Axes, x: float, point: Point, colour: str) -> None:
    for models in point.solved.values():
        for accuracy in models.mean(1):
            axes.plot(x, accuracy, "_", color=colour, markersize=7, alpha=0.6)
    fill = "white" if point.share < LEAST else colour
    axes.plot(x, point.accuracy, "o", color=colour, markerfacecolor=fill, markersize=6, zorder=3)
