"""Table 13 of Zhu et al. 2024 at our scale: perplexity after training on selected machine-written text."""

from __future__ import annotations

import pandas as pd

from uncollapse.reporting.mixture_scores import by_corpus, named, of_first, plain, share_labels
from uncollapse.reporting.perplexity_table import perplexity_table

TABLE = perplexity_table(
    title="Perplexity after training on selected machine-written text",
    source="after Zhu et al. 2024, Table 13",
    caption=(
        "All data sets have as many tokens. A selector chooses among the machine-written training passages: dsir those "
        "most like human n-grams, low perplexity those that a small model of other human text finds easiest, "
        "educational those a classifier finds most like a human corpus that teaches, density fewer of those that crowd "
        "in the space of sentence embeddings. The paper's sets, models and sizes are others, so its numbers do not "
        "stand beside ours."
    ),
)


def rows(*, perplexities: pd.DataFrame, trained_models: pd.DataFrame) -> pd.DataFrame:
    """trained_on, evaluated_on, seed, value: the plain mixtures and the selections."""
    models = of_first(trained_models)
    labels = share_labels(plain(trained_models))
    labels |= {name: name.replace("_", " ") for name in models.loc[models["selection"].notna(), "dataset"].unique()}
    return by_corpus(named(perplexities, models), labels)
