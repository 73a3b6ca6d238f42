"""Perplexity by domain against the machine-written share, relative to none: Table 1 of Zhu et al. 2024 as a picture."""

import numpy as np
import pandas as pd
from matplotlib.figure import Figure as Canvas

from uncollapse.analysis import palette, style, ticks
from uncollapse.analysis.direct_labels import label_ends
from uncollapse.analysis.mixture_scores import mixtures
from uncollapse.statistics.replicates import with_intervals

FIGURE = style.Figure(
    title="What the machine-written share costs, by domain",
    source="Zhu et al. 2024, Table 1",
    caption=(
        "Perplexity relative to that of the models trained on human text alone, mean over seeds with 95% intervals, "
        "against the machine-written share of the training text. Left: corpora that the human part is taken from. "
        "Right: corpora that no model has seen, and the machine-written one (dashed). The dotted grey line is the "
        "paper's average over 22 domains."
    ),
    alt="Relative perplexity against the machine-written share, one line per corpus.",
)


def draw(*, perplexities: pd.DataFrame, trained_models: pd.DataFrame, reported_zhu2024_table1: pd.DataFrame) -> Canvas:
    """Two panels of lines, one per corpus."""
    scores = mixtures(perplexities, trained_models)
    base = scores[scores["machine_share_percent"] == scores["machine_share_percent"].min()]
    base = np.exp(np.log(base["perplexity"]).groupby(base["corpus"]).mean())
    scores = scores.assign(ratio=scores["perplexity"] / scores["corpus"].map(base))
    paper = reported_zhu2024_table1[reported_zhu2024_table1["validation_set"] == "average"]
    paper = paper.set_index("synthetic_share_percent")["perplexity"]
    seen = scores["trained"] & (scores["written_by"] == "human")
    low, high = 0.9 * min(1, scores["ratio"].min()), 1.1 * max(scores["ratio"].max(), paper.max() / paper.min())
    figure, panels = style.canvas(height=4.0, columns=2, sharey=True)
    for axes, rows, title in zip(
        panels, (scores[seen], scores[~seen]), ("human, trained on", "not trained on; machine-written"), strict=True
    ):
        axes.set_yscale("log")
        ends = []
        axes.plot(paper.index, paper / paper.iloc[0], color=palette.FAINT, linestyle=(0, (1, 2)), linewidth=1.4)
        ends.append((100.0, float(paper.iloc[-1] / paper.iloc[0]), "the paper", palette.FAINT))
        for number, (corpus, mine) in enumerate(rows.groupby("corpus", sort=False)):
            colour = palette.colour(number)
            summary = with_intervals(mine, "machine_share_percent", "ratio", logarithmic=True)
            dash = "-" if mine["written_by"].iloc[0] == "human" else palette.DASHES[1]
            axes.plot(summary["machine_share_percent"], summary["mean"], color=colour, linestyle=dash)
            style.measured(axes, summary["machine_share_percent"], summary, colour, markersize=3)
            ends.append((100.0, float(summary["mean"].iloc[-1]), corpus.replace("_", " "), colour))
        axes.set(title=title, xlabel="machine-written share (%)", xlim=(None, 102))
        ticks.put(axes.yaxis, [0.5, 0.7, 1, 1.4, 2, 3, 4, 6, 8], alone=True)
        axes.set_ylim(low, high)
        label_ends(axes, ends)
    panels[0].set_ylabel("perplexity / that of 0%")
    return figure
