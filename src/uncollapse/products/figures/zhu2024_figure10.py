"""Figures 10 and 11 of Zhu et al. 2024: how much of a text its 40 and 64 most frequent word pairs make up."""

import pandas as pd
from matplotlib.figure import Figure as Canvas

from uncollapse.analysis import style
from uncollapse.analysis.mixture_scores import subject_words
from uncollapse.corpus_comparison.figures import marks

TOPS = (40, 64)  # of Figures 10 and 11
FIGURE = style.Figure(
    title="How much of a text its most frequent word pairs make up",
    source="Zhu et al. 2024, Figures 10 and 11",
    caption=(
        "Share of all word pairs that each text's own 40 (left) and 64 (right) most frequent ones make up, with 95% "
        "intervals over passages. The paper draws the pairs themselves of a million samples each; its numbers are not "
        "printed."
    ),
    alt="Share of the most frequent word pairs, one mark a text, for the top 40 and the top 64.",
)


def draw(*, diagnostics: pd.DataFrame, subjects: list[str], trained_models: pd.DataFrame) -> Canvas:
    """A panel for each number of word pairs."""
    words = subject_words(subjects, trained_models)
    rows = diagnostics[diagnostics["diagnostic"] == "top bigrams"]
    figure, panels = style.canvas(height=3.2, columns=len(TOPS), sharey=True)
    for axes, top in zip(panels, TOPS, strict=True):
        marks(axes, rows[rows["measure"] == f"share of the top {top}"], words, title=f"top {top} word pairs")
    panels[0].set_ylim(bottom=0)
    panels[0].set_ylabel("share of all word pairs (%)")
    return figure
