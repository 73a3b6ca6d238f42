"""Labels of every round before anything is trained on them: how many are wrong, before and after filters, and p_*."""

import pandas as pd

from uncollapse.analysis.rounds import labels_by_round
from uncollapse.analysis.rounds_in_words import distinct, in_words, named
from uncollapse.analysis.table import SHARE, Layout, Table

_QUANTITIES = {"wrong": "wrong answers (p)", "wrong_kept": "wrong labels, once filtered", "p_star": "p*"}

TABLE = Table(
    title="Labels by round, before any training on them",
    source="after Lee et al. 2025, section 5; p* of Feng et al. 2024",
    caption=(
        "Answers of the models to each round's new questions: how many are wrong, how many of those that the filters "
        "keep are, and p*, the share of wrong answers up to which the filters would do (50 without any; 100 if none "
        "of the wrong ones is kept; none where no answer was wrong). Percent; the interval is over seeds."
    ),
    keys=("task", "filters", "quantity", "round"),
    **SHARE,
    best="min",
    measures=("ours",),
    layout=Layout(
        row_heads=("task and filters", ""),
        row_label=lambda row: (f"{row['task']}: {row['filters']}", _QUANTITIES[row["quantity"]]),
        column_label=lambda row: f"round {row['round']:g}",
        column_order=lambda row: row["round"],
    ),
)


def rows(*, filtered: pd.DataFrame, runs: pd.DataFrame, courses: pd.DataFrame) -> pd.DataFrame:
    """task, filters, quantity, round, seed, value: every course's plain run, and its runs with filters."""
    chosen = runs[(runs["schedule"] == "step") & (runs["noise"] == "")]
    found = labels_by_round(filtered, chosen)
    found["p_star"] = 100 * found["p_star"]
    found.loc[found["run"].map(chosen.set_index("run")["filters"]) == "", "wrong_kept"] = float("nan")  # as before
    found["filters"] = found["run"].map(distinct(chosen, in_words))
    found["task"] = found["course"].map(lambda course: named(courses, course))
    long = found.melt(["task", "filters", "round", "seed"], list(_QUANTITIES), "quantity").dropna()
    return long[[*TABLE.keys, "seed", "value"]]
