"""Figure 1 of Zhu et al. 2024, which is a drawing, as measured: generation after generation."""

import pandas as pd
from matplotlib.figure import Figure as Canvas
from matplotlib.ticker import MaxNLocator

from uncollapse.analysis import style
from uncollapse.analysis.mixture_scores import iterated
from uncollapse.statistics.replicates import with_intervals

FIGURE = style.Figure(
    title="Perplexity on human text when each model learns from what the last one made",
    source="after Zhu et al. 2024, Figure 1",
    caption=(
        "Perplexity on human text, averaged over our human corpora, on a logarithmic axis, by generation; mean over "
        "seeds of training with 95% intervals. Generation 0 is trained on human text alone. The table "
        "'Generation after generation' says what each process is."
    ),
    alt="Perplexity on human text against the generation, one line per process.",
)


def draw(*, perplexities: pd.DataFrame, trained_models: pd.DataFrame, iterations: pd.DataFrame) -> Canvas:
    """One panel, a line for each process."""
    found = iterated(perplexities, trained_models, iterations)
    summaries = with_intervals(found, ["process", "generation"], "value", logarithmic=True)
    figure, (axes,) = style.canvas(height=3.7)
    ends = []
    for number, process in enumerate(found["process"].unique()):
        colour = style.colour(number)
        summary = summaries[summaries["process"] == process]
        axes.plot(summary["generation"], summary["mean"], color=colour)
        style.measured(axes, summary["generation"], summary, colour, markersize=3)
        ends.append((float(summary["generation"].iloc[-1]), float(summary["mean"].iloc[-1]), str(process), colour))
    style.logarithmic(axes)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.set(xlabel="generation", ylabel="perplexity on human text")
    axes.set_xlim(right=float(found["generation"].max()) + 0.05)
    style.label_ends(axes, ends)
    return figure
