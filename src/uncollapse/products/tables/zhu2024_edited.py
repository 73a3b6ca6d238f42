"""Counts of every edit: tokens above the threshold, eligible and changed. The paper prints the first of these alone."""

import pandas as pd

from uncollapse.analysis.edit_counts import COUNTED, shares
from uncollapse.analysis.edited_scores import rules_of
from uncollapse.analysis.mixture_scores import spaced, text_words
from uncollapse.analysis.table import SHARE, Layout, Table

_COLUMNS = {"above": "above the threshold", "eligible": "eligible", "changed": "changed"}

TABLE = Table(
    title="Eligible and changed tokens of every edit",
    source="after Zhu et al. 2024, Table 9, which prints one of the counts",
    caption=(
        "Percent of the tokens there were before. An edit goes by the probability of a token under its prior: above a "
        "threshold, or so that a share of all tokens is eligible. Eligible tokens are drawn again or deleted; what is "
        "drawn may be the same token, so fewer are changed."
    ),
    keys=("edit", "texts", "generation", "counted"),
    **SHARE,
    measures=("ours",),
    repeats="one run",
    layout=Layout(
        row_heads=("edit", "texts", "generation"),
        row_label=lambda row: (row["edit"], row["texts"], f"{row['generation']:g}"),
        column_label=lambda row: _COLUMNS[row["counted"]],
        column_order=lambda row: list(_COLUMNS).index(row["counted"]),
        decimals=3,
    ),
)


def rows(*, edit_counts: pd.DataFrame, edits: pd.DataFrame, trained_models: pd.DataFrame) -> pd.DataFrame:
    """edit, texts, generation, counted, seed, value, in the order of config: edits and texts in words."""
    wide = (
        edits[["edit", "texts"]]
        .merge(shares(edit_counts), on="edit", how="inner")
        .sort_values("generation", kind="stable")
    )
    wide = wide.sort_values("edit", key=lambda names: names.map(list(edits["edit"]).index), kind="stable")
    words = text_words(trained_models)
    told = edits.assign(words=edits["texts"].map(lambda name: words.get(name, spaced(name))), rule="")
    for _, mine in told.groupby("words", sort=False):
        told.loc[mine.index, "rule"] = rules_of(mine)
    told = told.set_index("edit")
    wide = wide.assign(texts=wide["edit"].map(told["words"]), edit=wide["edit"].map(told["rule"]))
    long = wide.melt(["edit", "texts", "generation"], COUNTED, var_name="counted", value_name="value")
    return long.assign(seed=0)[[*TABLE.keys, "seed", "value"]]
