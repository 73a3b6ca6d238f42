"""Figure 4A of Zhu et al. 2024: where human, machine-written and selected passages lie in embedding space."""

import pandas as pd
from matplotlib.figure import Figure as Canvas

from uncollapse.analysis import style
from uncollapse.analysis.mixture_scores import subject_words
from uncollapse.corpus_comparison import figures as corpus_figures

FIGURE = style.Figure(
    title="What passages are about",
    source="Zhu et al. 2024, Figure 4A",
    caption=(
        "Sentence embeddings in two dimensions (t-SNE): passages that mean the same are near each other, distances "
        "between far groups mean little. The claim goes by distances in the full space, not by this picture."
    ),
    alt="A scatter of passages, coloured by corpus.",
)


def draw(*, embedding_map: pd.DataFrame, trained_models: pd.DataFrame) -> Canvas:
    """One panel."""
    words = subject_words(list(embedding_map["corpus"].unique()), trained_models)
    return corpus_figures.embedding_map(embedding_map.assign(corpus=embedding_map["corpus"].map(words)))
