"""Table 9 of Zhu et al. 2024: the share of tokens above the threshold, generation by generation of editing."""

import pandas as pd

from uncollapse.analysis.edit_counts import first_of_corpus, shares
from uncollapse.analysis.table import SHARE, Layout, Table

TABLE = Table(
    title="Tokens above the threshold, by generation of editing",
    source="Zhu et al. 2024, Table 9",
    caption=(
        "Percent of all tokens. The paper calls them edited; they are those that may be drawn again, of which few come "
        "out as other tokens: the table 'Eligible and changed tokens of every edit' has both counts. The paper edits "
        "instructions with a prior that it does not name here; we edit a corpus of config."
    ),
    keys=("generation",),
    reported_value="share_percent",
    **SHARE,
    measures=("ours", "paper"),
    repeats="one run",
    layout=Layout(
        row_heads=("generation",),
        row_label=lambda row: (f"{row['generation']:g}",),
        column_label=lambda row: "share of tokens",
        decimals=2,
    ),
)


def rows(*, edit_counts: pd.DataFrame, edits: pd.DataFrame) -> pd.DataFrame:
    """generation, seed, value: of the first edit."""
    found = shares(first_of_corpus(edit_counts, edits))
    return found.assign(seed=0, value=found["above"])[[*TABLE.keys, "seed", "value"]]
