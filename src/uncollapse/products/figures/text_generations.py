"""Figure 1 of Zhu et al. 2024 with every regime that was run: language models of human, of own and of edited text."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Canvas
from matplotlib.ticker import MaxNLocator

from uncollapse.analysis import palette, style, ticks
from uncollapse.analysis.direct_labels import label_ends
from uncollapse.analysis.generations import bare, in_words, of_quantity, titled, whole
from uncollapse.statistics.means import means

FIGURE = style.Figure(
    title="Language models that learn from what the last one wrote, or from edited text",
    source="after Zhu et al. 2024, Figure 1, a drawing; regimes of Gerstgrasser et al. 2024 and Kazdan et al. 2024",
    caption=(
        "Each generation's model is trained from scratch; what it learns from stands beside its line. Edited: the text "
        "that the generation before learned from, in which tokens that a fixed model is sure of are drawn again "
        "(ToEdit), of a set that is frozen in the first generation or chosen afresh in each. Perplexity per token on "
        "held-out human text; share of different pairs of words; share of held-out texts that samples come near to; "
        "share of words that are rare in human text, its tail; mean distance of two samples; share of samples nearly "
        "copied from the first human texts. Dotted: those human texts themselves. Mean over seeds with 95% intervals."
    ),
    alt="Six panels over generations: perplexity rises and variety falls fastest where own text replaces human text.",
)
_PANELS = {
    "loss": "perplexity on human text",
    "distinct_bigrams": "different pairs of words",
    "coverage": "coverage of human text",
    "rare_words": "rare words (tail)",
    "diversity": "distance of two texts",
    "memorised": "nearly copied",
}
_UNBOUNDED = ("loss", "diversity")  # all others are shares


def draw(
    *,
    generation_measures: pd.DataFrame,
    yardsticks: pd.DataFrame,
    generation_runs: pd.DataFrame,
    learners: pd.DataFrame,
) -> Canvas:
    """Six panels of the first learner of texts, a line for each of its runs without a verifier."""
    of_texts = set(learners.loc[learners["data"] == "texts", "learner"])
    runs = bare(generation_runs)
    runs = runs[runs["learner"].isin(of_texts)]
    if runs.empty:
        return style.nothing("No language model over generations without a verifier: nothing to draw.")
    learner = runs["learner"].iloc[0]
    runs = runs[runs["learner"] == learner]
    every = whole(generation_measures, runs)
    figure, panels = style.canvas(height=5.2, rows=2, columns=3, sharex=True)
    figure.get_layout_engine().set(rect=(0, 0, 0.97, 1))  # type: ignore[union-attr]  # names stand at the right
    last = len(_PANELS) // 2 - 1  # of the upper row: names have room beside it
    for place, (quantity, label) in enumerate(_PANELS.items()):
        axes, values = panels[place], of_quantity(every, quantity)
        if quantity == "loss":
            values = values.assign(value=np.exp(values["value"]))
        bounds = (0.0, np.inf if quantity in _UNBOUNDED else 1.0)
        _lines(axes, values, runs, bounds=bounds, named=place == last)
        if quantity == "loss":
            ticks.logarithmic(axes)
        marks = yardsticks[(yardsticks["learner"] == learner) & (yardsticks["quantity"] == quantity)]
        if len(marks):
            axes.axhline(marks["value"].iloc[0], color=palette.FAINT, linestyle=":", linewidth=1.2)
        axes.set_title(label, fontsize=9)
        axes.xaxis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1))
        if place > last:
            axes.set_xlabel("generation")
    panels[0].set_ylabel(titled(learners, learner))
    return figure


def _lines(axes: Axes, values: pd.DataFrame, runs: pd.DataFrame, *, bounds: tuple[float, float], named: bool) -> None:
    """A line with intervals for each run, over generations."""
    ends = []
    for place, (_, run) in enumerate(runs.iterrows()):
        summary = means(values[values["run"] == run["run"]], "generation", "value", bounds=bounds)
        if summary.empty:
            continue
        colour = palette.colour(place)
        axes.plot(summary["generation"], summary["mean"], color=colour, linestyle=palette.dash(place), linewidth=1.4)
        style.measured(axes, summary["generation"], summary, colour, capsize=2)
        end = summary.iloc[-1]
        ends.append((float(end["generation"]), float(end["mean"]), in_words(run), colour))
    if named:
        label_ends(axes, ends, size=7.5)
