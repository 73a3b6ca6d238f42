"""Figures 3 and 9 of Zhu et al. 2024: perplexities of human and machine-written passages under several priors."""

import pandas as pd
from matplotlib.figure import Figure as Canvas

from uncollapse.analysis import style
from uncollapse.analysis.mixture_scores import subject_words
from uncollapse.corpus_comparison import figures as corpus_figures

FIGURE = style.Figure(
    title="Does machine-written text lack the long tail?",
    source="Zhu et al. 2024, Figures 3 and 9",
    caption=(
        "Perplexity of passages of one length under each prior, on a logarithmic axis. The blue band is the middle 90% "
        "of human text; a narrower corpus has its peak inside or left of it, and little to its right."
    ),
    alt="Histograms of passage perplexity, one panel for each prior, one outline for each corpus.",
)


def draw(
    *,
    document_perplexities: pd.DataFrame,
    subjects: list[str],
    references: list[str],
    trained_models: pd.DataFrame,
) -> Canvas:
    """One panel per prior; ``references`` are the pretrained ones."""
    words = subject_words(subjects, trained_models)
    values = {
        f"{prior} ({'pretrained' if prior in references else 'trained here'})": {
            words[name]: rows.loc[rows["subject"] == name, "perplexity"].to_numpy() for name in subjects
        }
        for prior, rows in document_perplexities.groupby("prior", sort=False)
    }
    return corpus_figures.perplexities(values)
