"""Figure 5 of Zhu et al. 2024: how concentrated hashed words and word pairs are."""

import numpy as np
import pandas as pd
from matplotlib.figure import Figure as Canvas

from uncollapse.analysis import style
from uncollapse.analysis.mixture_scores import subject_words
from uncollapse.corpus_comparison import figures as corpus_figures

FIGURE = style.Figure(
    title="How concentrated words and word pairs are",
    source="Zhu et al. 2024, Figure 5",
    caption=(
        "Words and word pairs are hashed to 10,000 buckets. Drawn is how many points more of them lie in the k fullest "
        "buckets than for human text, at equal numbers of passages of one length. A line above zero is a corpus made "
        "of fewer n-grams."
    ),
    alt="Share of n-grams in the k fullest buckets relative to human text, for words and for word pairs.",
)


def draw(*, buckets: pd.DataFrame, subjects: list[str], trained_models: pd.DataFrame) -> Canvas:
    """A panel for words and one for word pairs."""
    words = subject_words(subjects, trained_models)
    counts = {
        kind: {words[name]: np.asarray(rows.loc[rows["subject"] == name, "counts"].iloc[0]) for name in subjects}
        for kind, rows in buckets.groupby("kind", sort=False)
    }
    return corpus_figures.buckets(counts)
