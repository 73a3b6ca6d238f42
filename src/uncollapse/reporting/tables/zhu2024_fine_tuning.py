"""Table 4 of Zhu et al. 2024 at our scale: perplexity of held-out answers after fine-tuning on edited ones or not."""

from __future__ import annotations

import pandas as pd

from uncollapse.reporting.edited_scores import continued
from uncollapse.reporting.table import Layout, Table

TABLE = Table(
    title="Perplexity after fine-tuning on instructions",
    source="after Zhu et al. 2024, Table 4, which has scores of tasks after fine-tuning on six sets",
    caption=(
        "A model trained on other text is fine-tuned on instructions with a model's answers; the answers alone are "
        "learned. Edited answers were scored and drawn given their instructions, which the released code leaves out. "
        "Perplexity is that of held-out answers given their instructions, and of other human text. Intervals are "
        "over the order of examples. The paper's averages over the code tasks do not match the columns it prints."
    ),
    keys=("trained_on", "evaluated_on"),
    unit="perplexity",
    best="min",
    bounds=(1.0, float("inf")),
    measures=("ours",),
    layout=Layout(
        row_heads=("trained on",),
        row_label=lambda row: (row["trained_on"],),
        column_label=lambda row: row["evaluated_on"].replace("_", " "),
        decimals=2,
    ),
)


def rows(*, perplexities: pd.DataFrame, trained_models: pd.DataFrame, edits: pd.DataFrame) -> pd.DataFrame:
    """trained_on, evaluated_on, seed, value: the first group of such models, before, unedited, and by edit."""
    groups = continued(trained_models, edits, instructions=True)[:1]
    frames = [group.rows(perplexities, trained_models) for group in groups]
    found = pd.concat(frames) if frames else pd.DataFrame(columns=["rule", "evaluated_on", "seed", "value"])
    return found.rename(columns={"rule": "trained_on"})[[*TABLE.keys, "seed", "value"]]
