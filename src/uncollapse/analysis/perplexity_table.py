"""Tables of perplexity: by what was trained on and evaluated on, which most sections on language models have.

And by machine-written share and number of epochs: Tables 12 and 15 of Zhu et al. 2024 as one.
"""

from collections.abc import Callable

import pandas as pd

from uncollapse.analysis.edited_scores import controls
from uncollapse.analysis.mixture_scores import AVERAGE, average_of_human, by_epochs, named
from uncollapse.analysis.table import PERPLEXITY, Layout, Row, Table, share_layout
from uncollapse.analysis.task_scores import PERCENT, beside

KEYS = ("synthetic_share_percent", "epochs", "evaluation_set")
CAPTION = (
    "Per token. The paper's models see 8.4 billion tokens an epoch, ours the tokens of one data set; each of ours is a "
    "run of its own, with its whole learning-rate schedule, where the paper's may be checkpoints of one run. Other "
    f"texts and tokens: compare how numbers grow, not their size. '{AVERAGE}' is over our human corpora, where the "
    "paper has one over its own. "
)


def epoch_table(*, number: int, what: str, others: int) -> Table:
    """Table ``number`` of the paper, on what; Table ``others`` has the rest."""
    return Table(
        title=f"Perplexity after one epoch and more: {what}",
        source=f"Zhu et al. 2024, Table {number}",
        caption=f"{CAPTION}Table {others} has the other shares.",
        keys=KEYS,
        reported_value="perplexity",
        **PERPLEXITY,
        pooled=("evaluation_set",),
        measures=("ours", "paper"),
        ours_first=True,
        layout=share_layout("evaluated on", "epochs", label=lambda row: (row["evaluation_set"], f"{row['epochs']:g}")),
    )


def epoch_rows(
    perplexities: pd.DataFrame, trained_models: pd.DataFrame, *, wanted: Callable[[float], bool]
) -> pd.DataFrame:
    """KEYS, seed, value: the average over human corpora first, then each corpus; of the shares that are wanted."""
    scores = named(perplexities, by_epochs(trained_models))
    scores = scores[scores["machine_share_percent"].map(wanted)]
    average = average_of_human(scores).merge(scores[["model", "epochs"]].drop_duplicates(), on="model")
    rows = pd.concat(
        [average.assign(evaluation_set=AVERAGE), scores.assign(evaluation_set=scores["corpus"].str.replace("_", " "))],
        ignore_index=True,
    )
    rows = rows.rename(columns={"machine_share_percent": "synthetic_share_percent", "perplexity": "value"})
    order = {name: place for place, name in enumerate(rows["evaluation_set"].unique())}
    rows = rows.assign(order=rows["evaluation_set"].map(order)).sort_values(["order", "epochs"], kind="stable")
    return rows[[*KEYS, "seed", "value"]]


def perplexity_table(
    *, title: str, source: str, caption: str | Callable[[pd.DataFrame], str], decimals: int = 1
) -> Table:
    """Lines by trained_on, columns by evaluated_on; the papers' numbers are of other sets, so ours stand alone.

    Columns in percent hold accuracies. ``{controls}`` in a caption becomes sentences on those in the table, and on
    accuracies where it has some.
    """

    def with_controls(comparison: pd.DataFrame) -> str:
        told = controls(comparison) + beside(comparison)
        return caption.replace("{controls}", told) if isinstance(caption, str) else caption(comparison)

    return Table(
        title=title,
        source=source,
        caption=with_controls,
        keys=("trained_on", "evaluated_on"),
        unit="perplexity",
        best=lambda row: "max" if _in_percent(row) else "min",
        bounds=lambda row: (0.0, 100.0) if _in_percent(row) else (1.0, float("inf")),
        measures=("ours",),
        pooled=("evaluated_on",),
        logarithms=lambda row: not _in_percent(row),
        layout=Layout(
            row_heads=("trained on",),
            row_label=lambda row: (row["trained_on"],),
            column_label=lambda row: row["evaluated_on"].replace("_", " "),
            decimals=decimals,
        ),
    )


def _in_percent(row: Row) -> bool:
    return str(row["evaluated_on"]).endswith(PERCENT)
