"""Figure 4 of the second version of Feng et al. 2024: students' accuracy against the p_* of their verifier."""

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Canvas

from uncollapse.analysis import style
from uncollapse.analysis.dataset_words import FILTERS
from uncollapse.analysis.eigenvalue_run import GroupedRun
from uncollapse.analysis.formatting import number
from uncollapse.analysis.verifier_quality import Point, comparable, correlation, in_words, points

TOLERANCE = 0.01
FIGURE = style.Figure(
    title="Does p* foretell how good the students will be?",
    source="Feng et al. 2024 v2, Figure 4",
    caption=(
        "Left: accuracy within 1% of students trained from scratch on what a verifier kept, against the verifier's p*, "
        "which is known before any training. One colour per number of training examples; thin marks are seeds, thick "
        "ones their mean; the dotted line is the generator that wrote the labels. Right: the students of one number "
        "of examples against how easy the kept matrices are (their mean sum of |eigenvalues| over that of all "
        "matrices). p* counts right and wrong labels; it does not see that a verifier keeps easy matrices, and there "
        f"it promises too much. {FILTERS}"
    ),
    alt="Accuracy within 1% against p* (left) and against how easy the kept matrices are (right), one mark a verifier.",
)


def draw(
    *,
    groups: pd.DataFrame,
    evaluations: pd.DataFrame,
    outcomes: pd.DataFrame,
    group_evaluations: pd.DataFrame,
    group_outcomes: pd.DataFrame,
    proxy: pd.DataFrame,
    kept: pd.DataFrame,
    labelling_seed: int,
) -> Canvas:
    """Two panels: accuracy against p_*, and against the shift to easy matrices."""
    run = GroupedRun(
        groups=groups, evaluations=evaluations, outcomes=outcomes, group_evaluations=group_evaluations,
        group_outcomes=group_outcomes, labelling_seed=labelling_seed,
    )  # fmt: skip
    found = points(run, proxy, kept, TOLERANCE)
    sizes = sorted({point.rows for point in found}, reverse=True)
    generator = float(run.generator(TOLERANCE).mean())
    figure, (left, right) = style.canvas(height=4.0, columns=2, sharey=True)
    for size, colour in zip(sizes, style.PALETTE, strict=False):
        _marks(left, [(point.p_star.value, point) for point in found if point.rows == size], colour)
        left.plot([], [], "o", color=colour, label=f"{size:,} examples")
    left.axhline(generator, color=style.INK, linestyle=(0, (1, 2)), linewidth=1.1)
    left.annotate("generator", (0.02, generator), xycoords=("axes fraction", "data"), va="bottom", fontsize=8.5)
    left.set(xlabel="p* of the verifier", ylabel="test matrices solved within 1% (%)", ylim=(0, None))
    if sizes:
        left.legend(loc="lower right", frameon=False, fontsize=8.5)
    most = comparable(found)
    if not most:  # a generator without a single right answer, as in scales/smoke.yaml
        left.set_title("no data set has a p*: the generator has no right answers")
        return figure
    left.set_title(f"rank correlation {number(correlation(most).value, 2)} at {most[0].rows:,} examples")
    colour = style.colour(sizes.index(most[0].rows))
    _marks(right, [(point.shift, point) for point in most], colour)
    right.axhline(generator, color=style.INK, linestyle=(0, (1, 2)), linewidth=1.1)
    right.set(xlabel="mean sum of |eigenvalues|: kept / all", title=f"{most[0].rows:,} examples", ylim=(0, None))
    words = in_words(most)
    names = {p.dataset: f"{words[p.dataset]}, p* {number(p.p_star.value, 2)}" for p in most}
    style.label_ends(right, [(p.shift, p.accuracy, names[p.dataset], colour) for p in most])
    return figure


def _marks(axes: Axes, placed: list[tuple[float, Point]], colour: str) -> None:
    for x, point in placed:
        for accuracy in point.solved.mean(1):
            axes.plot(x, accuracy, "_", color=colour, markersize=7, alpha=0.6)
        axes.plot(x, point.accuracy, "o", color=colour, markersize=6, zorder=3)
