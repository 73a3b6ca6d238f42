"""Figure 6 of Zhu et al. 2024: how probable a model finds the tokens of human and of machine-written text."""

import pandas as pd
from matplotlib.figure import Figure as Canvas

from uncollapse.analysis import style
from uncollapse.analysis.mixture_scores import subject_words
from uncollapse.corpus_comparison import figures as corpus_figures

FIGURE = style.Figure(
    title="Is the distribution of token probabilities U-shaped?",
    source="Zhu et al. 2024, Figure 6",
    caption=(
        "Share of tokens by their probability under the first prior of config, with 95% intervals over passages. What "
        "lies at the right end teaches a model little, and is what ToEdit edits."
    ),
    alt="Bars of the share of tokens in ten bins of probability, one colour for each corpus.",
)


def draw(*, diagnostics: pd.DataFrame, subjects: list[str], trained_models: pd.DataFrame) -> Canvas:
    """One panel."""
    words = subject_words(subjects, trained_models)
    diagnostics = diagnostics.assign(subject=diagnostics["subject"].replace(words))
    prior = diagnostics.loc[diagnostics["diagnostic"] == "token probabilities", "prior"].iloc[0]
    return corpus_figures.token_shares(diagnostics, list(words.values()), prior)
