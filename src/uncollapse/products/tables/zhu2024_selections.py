"""Table 13 of Zhu et al. 2024 at our scale: perplexity after training on selected machine-written text."""

import pandas as pd

from uncollapse.analysis.mixture_scores import (
    SELECTORS,
    by_corpus,
    named,
    of_first,
    plain,
    selection_words,
    share_labels,
)
from uncollapse.analysis.perplexity_table import perplexity_table

_EXPLAINED = {
    "dsir": "DSIR draws those whose n-grams are like human ones",
    "perplexity": "the perplexity filter keeps those that a prior finds easiest, unless config says otherwise",
    "educational": "the educational filter keeps those that a classifier finds most like a human corpus that teaches",
    "density": "density sampling draws fewer of those that crowd in the space of sentence embeddings",
    "random": "random choice is the control",
}


def _caption(comparison: pd.DataFrame) -> str:
    shown = " ".join(comparison["trained_on"].astype(str))
    told = "; ".join(text for by, text in _EXPLAINED.items() if SELECTORS[by] in shown)
    chosen = f" Selectors choose among machine-written passages: {told}." if told else ""
    return (
        f"All data sets have as many tokens.{chosen} "
        "The paper's sets, models and sizes are others, so its numbers do not stand beside ours."
    )


TABLE = perplexity_table(
    title="Perplexity after training on selected machine-written text",
    source="after Zhu et al. 2024, Table 13",
    caption=_caption,
)


def rows(*, perplexities: pd.DataFrame, trained_models: pd.DataFrame) -> pd.DataFrame:
    """trained_on, evaluated_on, seed, value: the plain mixtures and the selections."""
    models = of_first(trained_models)
    labels = share_labels(plain(trained_models))
    shares = dict(zip(models["dataset"], models["machine_share_percent"], strict=True))
    labels |= {name: f"{shares[name]:g}% machine-written, {by}" for name, by in selection_words(models).items()}
    return by_corpus(named(perplexities, models), labels)
