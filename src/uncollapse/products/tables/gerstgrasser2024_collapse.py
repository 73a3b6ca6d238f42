"""Collapse in numbers: what the last generation of every run is like, beside generation 0 and real rows."""

import pandas as pd

from uncollapse.analysis.generations import BOUNDS, QUANTITIES, in_words, titled, whole
from uncollapse.analysis.table import Layout, Table

REAL, FIRST = "real rows", "generation 0"

TABLE = Table(
    title="What is lost after some generations",
    source="after Gerstgrasser et al. 2024, section 4; measures of Kynkäänniemi et al. 2019, Naeem et al. 2020",
    caption=(
        "The last generation of every run beside generation 0, which learned from real rows alone, and beside the real "
        "rows that it learned from. Loss on held-out real rows (negative log-likelihood or a bound on it; of molecules "
        "the square error of the network; lower is better); diversity, the mean distance between two rows; coverage, "
        "the share of held-out rows with a row that was written among their nearest; precision, the share of written "
        "rows that lie as near to a held-out one; tail mass, the share of rows nearest to the loneliest tenth of "
        "held-out rows; memorised, three times as near to one of the real rows of generation 0 as to any other. The "
        "interval is over seeds."
    ),
    keys=("learner", "quantity", "of"),
    unit="each quantity's own unit",
    best=lambda row: "min" if row["quantity"] in ("loss", "memorised") else "max",
    bounds=lambda row: BOUNDS.get(row["quantity"]),
    measures=("ours",),
    layout=Layout(
        row_heads=("model", "of"),
        row_label=lambda row: (row["learner"], row["of"]),
        column_label=lambda row: QUANTITIES[row["quantity"]],
        column_order=lambda row: list(QUANTITIES).index(row["quantity"]),
        decimals=3,
    ),
)


def rows(
    *,
    generation_measures: pd.DataFrame,
    yardsticks: pd.DataFrame,
    generation_runs: pd.DataFrame,
    learners: pd.DataFrame,
) -> pd.DataFrame:
    """learner, quantity, of (real rows, generation 0, or a run in words), seed, value."""
    runs = generation_runs[generation_runs["grid"] == ""]
    every = whole(generation_measures, runs)
    last = every[every["generation"] == every.groupby("run")["generation"].transform("max")]
    words = {run["run"]: in_words(run) for _, run in runs.iterrows()}
    parts = [
        yardsticks.assign(of=REAL, seed=0),
        generation_measures[generation_measures["generation"] == 0].rename(columns={"run": "learner"}).assign(of=FIRST),
        last.assign(of=last["run"].map(words)),
    ]
    found = pd.concat(parts, ignore_index=True)
    found = found[found["quantity"].isin(QUANTITIES) & found["learner"].isin(learners["learner"])]
    places = {name: place for place, name in enumerate(learners["learner"])}
    found = found.sort_values("learner", key=lambda column: column.map(places), kind="stable")
    found = found.assign(learner=[titled(learners, name) for name in found["learner"]])
    return found[["learner", "quantity", "of", "seed", "value"]]
