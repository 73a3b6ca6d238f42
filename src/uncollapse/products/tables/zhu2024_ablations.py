"""Tables 5 to 7 of Zhu et al. 2024 at our scale: which tokens are edited, and what new ones are drawn from."""

import pandas as pd

from uncollapse.analysis.edit_counts import shares
from uncollapse.analysis.edited_scores import UNEDITED, continued, controls
from uncollapse.analysis.formatting import ABSENT
from uncollapse.analysis.table import PERPLEXITY, Layout, Table


def _caption(comparison: pd.DataFrame) -> str:
    return (
        "Continual pretraining on one domain, by what is edited, with the percentage of tokens that were eligible and "
        f"that were changed.{controls(comparison, 'edited')} Table 7 of the paper has no row of unedited text."
    )


TABLE = Table(
    title="Perplexity by what is edited and how it is drawn",
    source="after Zhu et al. 2024, Tables 5 to 7, which have scores of biomedical tasks",
    caption=_caption,
    keys=("edited", "eligible", "changed", "evaluated_on"),
    **PERPLEXITY,
    pooled=("evaluated_on",),
    measures=("ours",),
    layout=Layout(
        row_heads=("edited", "eligible", "changed"),
        row_label=lambda row: (row["edited"], row["eligible"] or ABSENT, row["changed"] or ABSENT),
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
        found = found[found["rule"].isin([UNEDITED, *group.edits["rule"]])]
        edit = found["rule"].map(dict(zip(group.edits["rule"], group.edits["edit"], strict=True)))
        for name in ("eligible", "changed"):
            percent = edit.map(counted[name])
            found[name] = ["" if pd.isna(value) else f"{value:.2f}%" for value in percent]
        frames.append(found)
    columns = ["rule", "eligible", "changed", "evaluated_on", "seed", "value"]
    found = pd.concat(frames) if frames else pd.DataFrame(columns=columns)
    return found.rename(columns={"rule": "edited"})[[*TABLE.keys, "seed", "value"]]
