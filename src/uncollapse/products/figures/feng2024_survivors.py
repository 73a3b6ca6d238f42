"""Propositions E.3 and E.4 of Feng et al. 2024 (v1), run by run: the majority of survivors says what is learned."""

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Canvas

from uncollapse.analysis import palette, style
from uncollapse.theory.survivors import majority_agreement

FIGURE = style.Figure(
    title="The majority of the survivors says what is learned",
    source="Feng et al. 2024 v1, Propositions E.3 and E.4",
    caption=(
        "Each point is one student of labels whose error rates differ between the two classes (random pairs), after "
        "selection. Left, b = −a: one majority decides for both classes (correct minus wrong survivors, as a share "
        "of all survivors). Right, b = 0: each class has a majority of its own, and is learned or lost by it alone "
        "(two points a student). Dimension grows with N. The line is the theory's step. Rings: students that learned "
        "otherwise; all lie at the step, where the majority is smaller than the noise of the features."
    ),
    alt="Accuracy against the majority of correct survivors: a step at zero in both cases.",
)
_PANELS = {
    "symmetric": ("b = −a: one vote for both classes", "majority of correct survivors (share)"),
    "skewed": ("b = 0: each class votes for itself", "majority of its own correct survivors (share)"),
}


def draw(*, survivors: pd.DataFrame) -> Canvas:
    """One panel per case of Condition D.1."""
    figure, panels = style.canvas(height=3.5, columns=2, sharey=True)
    for axes, case in zip(panels, _PANELS, strict=True):
        _panel(axes, survivors[survivors["case"] == case], case)
    panels[0].set_ylabel("accuracy")
    return figure


def _panel(axes: Axes, runs: pd.DataFrame, case: str) -> None:
    sizes = sorted(runs["n_points"].unique())
    axes.plot([-1, 0, 0, 1], [0, 0, 1, 1], color=palette.INK, linewidth=1.3)
    ends = []
    for place, size in enumerate(sizes):
        colour = (palette.ORANGE, palette.SKY, palette.BLUE)[place - min(len(sizes), 3)]
        here = runs[runs["n_points"] == size]
        agreement = majority_agreement(here.assign(mean_0=here["accuracy_0"], mean_1=here["accuracy_1"]), case=case)
        both = (agreement["mean_0"] + agreement["mean_1"]) / 2
        own = agreement["mean_0"].where(agreement["condition"] == "class 0", agreement["mean_1"])
        accuracy = both if case == "symmetric" else own
        axes.scatter(agreement["majority_share"], accuracy, s=5, color=colour, alpha=0.5, linewidths=0, rasterized=True)
        wrong = ~agreement["agrees"]
        axes.scatter(
            agreement["majority_share"][wrong],
            accuracy[wrong],
            s=34,
            facecolors="none",
            edgecolors=palette.INK,
            zorder=5,
        )
        name = f"N = {size:,}: {int(wrong.sum())} of {len(agreement):,} differ"
        ends.append((name, colour))
    for place, (name, colour) in enumerate(ends):
        axes.text(
            0.56, 0.30 - 0.08 * place, name, color=palette.legible(colour), transform=axes.transAxes, fontsize=8.5
        )
    title, label = _PANELS[case]
    axes.set(title=title, xlabel=label, xlim=(-1.02, 1.02))
