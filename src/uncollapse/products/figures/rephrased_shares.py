"""Perplexity against the share of rephrased text beside that of machine-written text: Zhu's Table 1 and newer work."""

import numpy as np
import pandas as pd
from matplotlib.figure import Figure as Canvas

from uncollapse.analysis import palette, style, ticks
from uncollapse.analysis.direct_labels import label_ends
from uncollapse.analysis.rephrased import by_share
from uncollapse.statistics.replicates import with_intervals

FIGURE = style.Figure(
    title="Which share of synthetic text: machine-written and rephrased",
    source="Zhu et al. 2024, Table 1; arXiv 2604.13977",
    caption=(
        "Perplexity on human text relative to that of models trained on human text alone, mean over seeds with 95% "
        "intervals, against the share of the training text that is not human. Machine-written: Zhu et al.'s mixtures "
        "of human text of many origins with a chat model's answers (dotted: their own numbers). Rephrased: passages of "
        "one corpus as they are beside passages of it that a base model rephrases, on held-out text of that corpus and "
        "of others. Shaded: shares that arXiv 2604.13977 finds best, by tasks and not by perplexity, for text "
        "rephrased into tables, questions, exercises and tutorials."
    ),
    alt="Relative perplexity against the share of machine-written and of rephrased text; 60 to 80 percent is shaded.",
)
_BEST = (60, 80)  # percent, over its four formats


def draw(*, perplexities: pd.DataFrame, trained_models: pd.DataFrame, reported_zhu2024_table1: pd.DataFrame) -> Canvas:
    """One panel, a line for each kind of text."""
    scores = by_share(perplexities, trained_models)
    figure, (axes,) = style.canvas(height=3.9)
    paper = reported_zhu2024_table1[reported_zhu2024_table1["validation_set"] == "average"]
    paper = paper.set_index("synthetic_share_percent")["perplexity"]
    axes.axvspan(*_BEST, color=palette.FAINT, alpha=0.15, linewidth=0)
    axes.plot(paper.index, paper / paper.iloc[0], color=palette.FAINT, linestyle=(0, (1, 2)), linewidth=1.4)
    ends = [(100.0, float(paper.iloc[-1] / paper.iloc[0]), "Zhu et al.", palette.FAINT)]
    for place, (text, mine) in enumerate(scores.groupby("text", sort=False)):
        base = mine.loc[mine["share"] == 0, "value"].mean()
        if np.isnan(base):
            continue
        ratios = mine.assign(ratio=np.exp(mine["value"] - base))
        summary, colour = with_intervals(ratios, "share", "ratio", logarithmic=True), palette.colour(place)
        axes.plot(summary["share"], summary["mean"], color=colour)
        style.measured(axes, summary["share"], summary, colour, markersize=3)
        ends.append((float(summary["share"].iloc[-1]), float(summary["mean"].iloc[-1]), str(text), colour))
    axes.set(xlabel="share of the training text (%)", ylabel="perplexity / that of 0%", xlim=(None, 102))
    ticks.logarithmic(axes)
    label_ends(axes, ends)
    return figure
