"""Figure 1 of Zhu et al. 2024, which is a drawing, as measured: what learning from one's own texts costs."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Canvas

from uncollapse.analysis import palette, style, ticks
from uncollapse.analysis.direct_labels import label_ends
from uncollapse.analysis.mixture_scores import iterated
from uncollapse.analysis.rendering import tell
from uncollapse.statistics.replicates import Replicates, with_intervals

_LEARNS = {
    "own text": "the last one's text",
    "own and human text": "that and human text",
    "edited by the model": "its text, edited by it",
}
FIGURE = style.Figure(
    title="Perplexity on human text when each model learns from what the last one made",
    source="after Zhu et al. 2024, Figure 1",
    caption=(
        "Left: perplexity on human text, averaged over our human corpora, on a logarithmic axis, by generation; every "
        "generation is trained from scratch, generation 0 on human text alone (dotted line), each later one on what "
        "stands beside its line. Right: how many times that of generation 0 the perplexity is in the last generation "
        "of each (1: nothing is lost); more is worse. Means over seeds of training with 95% intervals."
    ),
    alt=(
        "Left, perplexity on human text by generation, a line for each way to go on; right, the last generation's "
        "perplexity as a multiple of generation 0's."
    ),
)


def draw(*, perplexities: pd.DataFrame, trained_models: pd.DataFrame, iterations: pd.DataFrame) -> Canvas:
    """Two panels: the course of each process, and what it comes to."""
    found = iterated(perplexities, trained_models, iterations)
    if found.empty:
        return style.nothing("No model of this run learns from what another one made: nothing to draw.")
    processes = [str(name) for name in found["process"].unique()]
    colours = {name: palette.colour(list(_LEARNS).index(name)) for name in processes}
    figure, (course, outcome) = style.canvas(height=3.4, columns=2, width_ratios=(3, 2))
    _course(course, found, colours)
    told = _outcome(outcome, found, colours)
    tell(figure, f"perplexity on human text comes to {', '.join(told)}.")
    return figure


def _course(axes: Axes, found: pd.DataFrame, colours: dict[str, str]) -> None:
    summaries = with_intervals(found, ["process", "generation"], "value", logarithmic=True)
    ends = []
    for name, colour in colours.items():
        summary = summaries[summaries["process"] == name]
        axes.plot(summary["generation"], summary["mean"], color=colour)
        style.measured(axes, summary["generation"], summary, colour)
        ends.append((float(summary["generation"].iloc[-1]), float(summary["mean"].iloc[-1]), _LEARNS[name], colour))
    level = float(summaries[summaries["generation"] == 0]["mean"].iloc[0])
    axes.axhline(level, color=palette.INK, linestyle=(0, (1, 2)), linewidth=1.1)
    ticks.logarithmic(axes)
    ticks.whole(axes.xaxis)
    axes.set(xlabel="generation", ylabel="perplexity on human text")
    axes.set_title(f"trained on human text alone: {level:,.0f}", fontsize=9)
    label_ends(axes, ends, size=8)


def _outcome(axes: Axes, found: pd.DataFrame, colours: dict[str, str]) -> list[str]:
    """The last generation over generation 0, as ratios of geometric means, the largest one at the top; in words too."""
    words = []
    replicates = Replicates.of(found.assign(value=np.log(found["value"])), ["process", "generation"], "value")
    last = found.groupby("process")["generation"].max()
    changes = {name: replicates.contrast({(name, last[name]): 1.0, (name, 0): -1.0}) for name in colours}
    for place, name in enumerate(sorted(changes, key=lambda name: changes[name].value)):
        ratio, low, high = (float(np.exp(value)) for value in changes[name])
        error = None if np.isnan(low) else [[ratio - low], [high - ratio]]
        axes.plot([1.0, ratio], [place, place], color=colours[name], linewidth=3, alpha=0.45)
        axes.errorbar(ratio, place, xerr=error, color=colours[name], marker="o", markersize=6, capsize=4)
        told = f"{ratio:.2f} times after {last[name]:g} generation" + ("s" if last[name] > 1 else "")
        words.append(f"{told} of learning from {_LEARNS[name]}")
        where = (min(ratio, 1.0), place)
        axes.annotate(
            told, where, (3, 9), textcoords="offset points", fontsize=8.5, color=palette.legible(colours[name])
        )
    axes.axvline(1.0, color=palette.INK, linestyle=(0, (1, 2)), linewidth=1.1)
    axes.set_ylim(-0.6, len(colours) - 0.3)
    axes.set_yticks([])
    axes.grid(visible=False)
    axes.margins(x=0.12)
    axes.set_xlabel("perplexity, in multiples of generation 0's")
    axes.set_title("what it comes to", fontsize=9)
    return words[::-1]
