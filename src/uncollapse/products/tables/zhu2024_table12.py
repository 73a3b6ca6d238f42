"""Table 12 of Zhu et al. 2024: perplexity after one epoch and more on mixtures."""

import pandas as pd

from uncollapse.analysis.perplexity_table import epoch_rows, epoch_table

TABLE = epoch_table(number=12, what="mixtures", others=15)


def rows(*, perplexities: pd.DataFrame, trained_models: pd.DataFrame) -> pd.DataFrame:
    """synthetic_share_percent, epochs, evaluation_set, seed, value."""
    return epoch_rows(perplexities, trained_models, wanted=lambda share: 0 < share < 100)
