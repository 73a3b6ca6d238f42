"""Loss on held-out rows and coverage of them, generation after generation, for every learner and regime."""

import math

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Canvas
from matplotlib.ticker import MaxNLocator

from uncollapse.analysis import palette, style
from uncollapse.analysis.direct_labels import label_ends
from uncollapse.analysis.generations import BOUNDS, REGIMES, bare, in_words, of_quantity, titled, whole
from uncollapse.statistics.means import means

FIGURE = style.Figure(
    title="Generations of models on their own samples",
    source="after Gerstgrasser et al. 2024, section 4, and Kazdan et al. 2024",
    caption=(
        "Each generation's model is trained from scratch: on rows that the one before wrote (replace), or on all real "
        "rows and all that earlier generations wrote (accumulate); other regimes where they were run. Above: loss on "
        "held-out real rows over that of generation 0, so zero is no collapse; below: share of held-out rows that the "
        "samples cover, the dotted line that of real rows. Mean over seeds with 95% intervals."
    ),
    alt="Above: loss rises under replace and hardly under accumulate. Below: coverage falls under replace.",
)
_COLOURS = dict(
    zip(REGIMES, (palette.VERMILLION, palette.BLUE, palette.PURPLE, palette.ORANGE, palette.GREEN), strict=True)
)


def draw(
    *,
    generation_measures: pd.DataFrame,
    yardsticks: pd.DataFrame,
    generation_runs: pd.DataFrame,
    learners: pd.DataFrame,
) -> Canvas:
    """Two rows of panels, a column for each learner."""
    runs = bare(generation_runs)
    found = [name for name in learners["learner"] if name in set(runs["learner"])]
    if not found:
        return style.nothing("No run without a verifier: nothing to draw.")
    figure, panels = style.canvas(height=5.0, rows=2, columns=len(found), sharex="col", squeeze=False)
    figure.get_layout_engine().set(rect=(0, 0, 0.96, 1))  # type: ignore[union-attr]  # names stand at the right
    for place, learner in enumerate(found):
        mine = runs[runs["learner"] == learner]
        every = whole(generation_measures, mine)
        losses = of_quantity(every, "loss")
        first = losses[losses["generation"] == 0].set_index(["run", "seed"])["value"]
        losses["value"] = losses["value"] - first.loc[list(zip(losses["run"], losses["seed"], strict=True))].to_numpy()
        upper, lower = panels[place], panels[len(found) + place]
        lines(upper, losses, mine)
        lines(lower, of_quantity(every, "coverage"), mine, named=False, bounds=BOUNDS["coverage"])
        marks = yardsticks[(yardsticks["learner"] == learner) & (yardsticks["quantity"] == "coverage")]
        if len(marks):
            lower.axhline(marks["value"].iloc[0], color=palette.FAINT, linestyle=":", linewidth=1.2)
        upper.axhline(0, color=palette.FAINT, linewidth=1.0)
        upper.set_title(titled(learners, learner))
        lower.set_xlabel("generation")
        lower.xaxis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1))
    panels[0].set_ylabel("loss over generation 0")
    panels[len(found)].set_ylabel("coverage of held-out rows")
    return figure


def lines(
    axes: Axes,
    values: pd.DataFrame,
    runs: pd.DataFrame,
    *,
    named: bool = True,
    bounds: tuple[float, float] = (-math.inf, math.inf),
) -> None:
    """A line with intervals, cut at ``bounds``, for each run, over generations."""
    ends = []
    for place, (_, run) in enumerate(runs.iterrows()):
        summary = means(values[values["run"] == run["run"]], "generation", "value", bounds=bounds)
        first_of_regime = runs["regime"].tolist().index(run["regime"]) == place
        colour = _COLOURS[run["regime"]] if first_of_regime else palette.colour(place)
        axes.plot(summary["generation"], summary["mean"], color=colour, linestyle=palette.dash(place), linewidth=1.4)
        style.measured(axes, summary["generation"], summary, colour, capsize=2)
        ends.append((float(summary["generation"].iloc[-1]), float(summary["mean"].iloc[-1]), in_words(run), colour))
    if named:
        label_ends(axes, ends, size=7.5)
