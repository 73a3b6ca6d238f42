"""Tables 5 to 7 of Zhu et al. 2024 at our scale: which tokens are edited, and what new ones are drawn from."""

from __future__ import annotations

import pandas as pd

from uncollapse.reporting.edit_counts import shares
from uncollapse.reporting.edited_scores import continued
from uncollapse.reporting.table import Layout, Table

TABLE = Table(
    title="Perplexity by what is edited and how it is drawn",
    source="after Zhu et al. 2024, Tables 5 to 7, which have scores of biomedical tasks",
    caption=(
        "Continual pretraining as in the table before, by rule, with the percentage of tokens that were eligible and "
        "that were changed. Table 7 has no unedited control. In the authors' logs its rows, and the first row of "
        "Tables 5 and 6, are runs in which eligible tokens were deleted, not drawn again; so deletion stands here too."
    ),
    keys=("edited", "eligible", "changed", "evaluated_on"),
    unit="perplexity",
    best="min",
    bounds=(1.0, float("inf")),
    measures=("ours",),
    layout=Layout(
        row_heads=("edited", "eligible", "changed"),
        row_label=lambda row: (row["edited"], row["eligible"], row["changed"]),
        column_label=lambda row: row["evaluated_on"].replace("_", " "),
        decimals=2,
    ),
)


def rows(
    *, perplexities: pd.DataFrame, trained_models: pd.DataFrame, edits: pd.DataFrame, edit_counts: pd.DataFrame
) -> pd.DataFrame:
    """edited, eligible, changed, evaluated_on, seed, value: unedited text, then every edit of it."""
    counted = shares(edit_counts)
    counted = counted[counted["generation"] == counted.groupby("edit")["generation"].transform("max")].set_index("edit")
    frames = []
    for group in continued(trained_models, edits, instructions=False)[:1]:
        found = group.rows(perplexities, trained_models)
        edit = found["rule"].map(dict(zip(group.edits["rule"], group.edits["edit"], strict=True)))
        for name in ("eligible", "changed"):
            percent = edit.map(counted[name])
            found[name] = ["" if pd.isna(value) else f"{value:.2f}%" for value in percent]
        frames.append(found)
    columns = ["rule", "eligible", "changed", "evaluated_on", "seed", "value"]
    found = pd.concat(frames) if frames else pd.DataFrame(columns=columns)
    return found.rename(columns={"rule": "edited"})[[*TABLE.keys, "seed", "value"]]
