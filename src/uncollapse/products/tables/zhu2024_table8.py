"""Table 8 of Zhu et al. 2024: how probable a model finds the tokens of human text."""

import pandas as pd

from uncollapse.analysis.edit_counts import first_of_corpus, histogram
from uncollapse.analysis.table import SHARE, Layout, Table

TABLE = Table(
    title="Tokens by their probability under the prior",
    source="Zhu et al. 2024, Table 8",
    caption=(
        "Percent of all tokens, before anything is edited. The paper's are of biomedical text, presumably under "
        "Llama-3-8B; most of its counts are its rounded percentages times one constant."
    ),
    keys=("probability_low", "probability_high"),
    reported_value="share_percent",
    **SHARE,
    measures=("ours", "paper"),
    repeats="one run",
    layout=Layout(
        row_heads=("probability",),
        row_label=lambda row: (f"{row['probability_low']:.1f} to {row['probability_high']:.1f}",),
        column_label=lambda row: "share of tokens",
    ),
)


def rows(*, edit_counts: pd.DataFrame, edits: pd.DataFrame) -> pd.DataFrame:
    """probability_low, probability_high, seed, value: of the first edit's first generation."""
    found = histogram(first_of_corpus(edit_counts, edits))
    found = found[found["generation"] == 1].assign(seed=0)
    names = {"low": "probability_low", "high": "probability_high", "percent": "value"}
    return found.rename(columns=names)[[*TABLE.keys, "seed", "value"]]
