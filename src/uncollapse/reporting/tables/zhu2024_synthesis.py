"""Table 14 of Zhu et al. 2024 as a measurement: what each way of making text asks of the model."""

from __future__ import annotations

import pandas as pd

from uncollapse.reporting.table import Layout, Table

_METHODS = {"synthetic": "its own text", "rephrased": "rephrased text", "edited": "edited text (ToEdit)"}
_QUANTITIES = {"passes": "passes", "positions": "positions read"}

TABLE = Table(
    title="What a model does for a token of text",
    source="after Zhu et al. 2024, Table 14, which compares in words",
    caption=(
        "One model and the same passages: it goes on from their first words, rephrases them by an instruction, or "
        "edits them. Passes, which follow one another, and positions that it reads in them, for each token of the "
        "text that comes out. Editing takes a pass for each text, but reads as many positions."
    ),
    keys=("method", "quantity"),
    unit="per token",
    best="min",
    bounds=(0.0, float("inf")),
    measures=("ours",),
    repeats="texts",
    layout=Layout(
        row_heads=("the model makes",),
        row_label=lambda row: (_METHODS[row["method"]],),
        column_label=lambda row: _QUANTITIES[row["quantity"]],
        decimals=4,
    ),
)


def rows(*, synthesis_costs: pd.DataFrame) -> pd.DataFrame:
    """method, quantity, seed (the passage), value."""
    each = synthesis_costs.assign(**{name: synthesis_costs[name] / synthesis_costs["tokens"] for name in _QUANTITIES})
    long = each.melt(["method", "passage_id"], list(_QUANTITIES), var_name="quantity", value_name="value")
    return long.rename(columns={"passage_id": "seed"})[[*TABLE.keys, "seed", "value"]]
