"""The mixtures of Table 13 of Zhu et al. 2024 at our scale: the same mixtures, another architecture."""

import pandas as pd

from uncollapse.analysis.mixture_scores import by_corpus, named, plain_of_second, share_labels
from uncollapse.analysis.perplexity_table import perplexity_table

TABLE = perplexity_table(
    title="Perplexity by the machine-written share: another architecture",
    source="after Zhu et al. 2024, Table 13, mixtures",
    caption=(
        "The same data sets as in Table 1, with OLMo 2's layers in place of GPT-2's (the paper: an OLMo of 237M "
        "parameters). The paper's sets and sizes are others, so its numbers do not stand beside ours; there a 25% "
        "share is nearly harmless, and lower than none on three of seven sets."
    ),
)


def rows(*, perplexities: pd.DataFrame, trained_models: pd.DataFrame) -> pd.DataFrame:
    """trained_on, evaluated_on, seed, value."""
    mixed = plain_of_second(trained_models).sort_values("machine_share_percent", kind="stable")
    return by_corpus(named(perplexities, mixed), share_labels(mixed))
