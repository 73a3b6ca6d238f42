"""Reach of every run: accuracy beyond the initial data, and the largest difficulty that is mastered."""

import pandas as pd

from uncollapse.analysis.rounds import beyond, farthest, whole_runs
from uncollapse.analysis.rounds_in_words import distinct, named, run_in_words
from uncollapse.analysis.table import Layout, Table

_QUANTITIES = ("accuracy beyond the initial data, %", "largest difficulty at 99%")

TABLE = Table(
    title="How far self-improvement reaches",
    source="after Lee et al. 2025, Figures 3, 4 and 18",
    caption=(
        "Before self-improvement (round 0), half way and after the last round: accuracy over all difficulties that the "
        "run labels in the end and the initial data do not have, and the largest difficulty of which 99% of the test "
        "questions are answered right."
    ),
    keys=("task", "run", "quantity", "when"),
    unit="percent, or difficulty",
    bounds=lambda row: (0.0, 100.0) if row["quantity"] == _QUANTITIES[0] else (0.0, float("inf")),
    measures=("ours",),
    layout=Layout(
        row_heads=("task: run", ""),
        row_label=lambda row: (f"{row['task']}: {row['run']}", row["quantity"]),
        column_label=lambda row: row["when"],
        column_order=lambda row: ("round 0", "half way", "last round").index(row["when"]),
    ),
)


def rows(
    *, accuracies: pd.DataFrame, filtered: pd.DataFrame, runs: pd.DataFrame, courses: pd.DataFrame
) -> pd.DataFrame:
    """task, run, quantity, when, seed, value: every run without noise."""
    chosen = runs[runs["noise"] == ""]
    words = distinct(chosen, run_in_words)
    course = chosen.set_index("run")["course"]
    reach = farthest(whole_runs(accuracies, chosen)).rename(columns={"difficulty": "value"})
    share = beyond(accuracies, chosen, courses, filtered).rename(columns={"accuracy": "value"})
    parts = []
    for quantity, table in zip(_QUANTITIES, (share, reach), strict=True):
        last = table.groupby("run")["round"].transform("max")
        for when, number in (("round 0", 0 * last), ("half way", last // 2), ("last round", last)):
            mine = table[table["round"] == number]
            parts.append(mine.assign(quantity=quantity, when=when))
    found = pd.concat(parts, ignore_index=True)
    found["task"] = found["run"].map(lambda run: named(courses, course[run]))
    found["run"] = found["run"].map(words)
    return found.drop_duplicates([*TABLE.keys, "seed"])[[*TABLE.keys, "seed", "value"]]
