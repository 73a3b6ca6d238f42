"""Table 12 of Zhu et al. 2024: perplexity after one epoch and more on mixtures."""

from __future__ import annotations

import pandas as pd

from uncollapse.reporting.epoch_scores import CAPTION, KEYS, LAYOUT, epoch_rows
from uncollapse.reporting.table import Table

TABLE = Table(
    title="Perplexity after one epoch and more: mixtures",
    source="Zhu et al. 2024, Table 12",
    caption=CAPTION + "Table 15 has the other shares.",
    keys=KEYS,
    reported_value="perplexity",
    unit="perplexity",
    best="min",
    bounds=(1.0, float("inf")),
    measures=("ours", "paper"),
    layout=LAYOUT,
)


def rows(*, perplexities: pd.DataFrame, trained_models: pd.DataFrame) -> pd.DataFrame:
    """synthetic_share_percent, epochs, evaluation_set, seed, value."""
    return epoch_rows(perplexities, trained_models, wanted=lambda share: 0 < share < 100)
