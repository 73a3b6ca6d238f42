"""Zhu et al. 2024, Table 1, with a control: is it machine-written text that harms, or text of another origin?"""

import numpy as np
import pandas as pd
from matplotlib.figure import Figure as Canvas

from uncollapse.analysis import palette, style, ticks
from uncollapse.analysis.direct_labels import label_ends
from uncollapse.analysis.mixture_scores import controlled
from uncollapse.analysis.rendering import tell
from uncollapse.statistics.replicates import with_intervals

FIGURE = style.Figure(
    title="Is it machine-written text that harms, or text of another origin?",
    source="Zhu et al. 2024, Table 1, which has no such control",
    caption=(
        "Perplexity on human text, averaged over our human corpora and relative to models trained on these alone, when "
        "a share of the training text is machine-written (vermillion), and when it is human text of one other origin "
        "instead (blue and others); mean over seeds with 95% intervals."
    ),
    alt="Relative perplexity on human text against the share of machine-written text, or of human text of one origin.",
)


def draw(*, perplexities: pd.DataFrame, trained_models: pd.DataFrame) -> Canvas:
    """One panel: a line for machine-written text, and a line or a mark for each control."""
    scores = controlled(perplexities, trained_models)
    base = np.exp(np.log(scores.loc[scores["machine_share_percent"] == 0, "perplexity"]).mean())
    scores = scores.assign(ratio=scores["perplexity"] / base)
    found = with_intervals(scores, ["origin", "machine_share_percent"], "ratio", logarithmic=True)
    figure, (axes,) = style.canvas(height=3.8)
    colours = [palette.VERMILLION, palette.BLUE, palette.GREEN, palette.PURPLE]
    ends = []
    for number, origin in enumerate(scores["origin"].unique()):
        summary = found[found["origin"] == origin]
        colour = colours[number % len(colours)]
        axes.plot(summary["machine_share_percent"], summary["mean"], color=colour)
        style.measured(axes, summary["machine_share_percent"], summary, colour)
        ends.append((float(summary["machine_share_percent"].iloc[-1]), float(summary["mean"].iloc[-1]), origin, colour))
    axes.axhline(1, color=palette.INK, linestyle=(0, (1, 2)), linewidth=1.1)
    axes.set(xlabel="share that is not from our human corpora (%)", ylabel="perplexity / that of our human text alone")
    ticks.logarithmic(axes)
    label_ends(axes, ends)
    last = [f"{ratio:.2f} times at {share:g}% of {origin}" for share, ratio, origin, _ in ends]
    tell(figure, f"perplexity on human text, against that of human text alone: {', '.join(last)}.")
    return figure
