"""Downstream scores of the plain mixtures: Tables 10 and 11 of Zhu et al. 2024."""

import pandas as pd

from uncollapse.analysis.mixture_scores import AVERAGE
from uncollapse.analysis.table import SHARE, Table, share_layout

PERCENT = " (%)"  # the end of the name of a column with accuracies, in a table of perplexities
ITEMS = "Intervals are over seeds; all models answer the same items, and the choice of items is in no interval."
_BESIDE = (
    "Columns in percent are accuracies on downstream tasks, on average and on each; next words, last word and word "
    "order are ours, made of human test passages, with four choices."
)
KEYS = ("synthetic_share_percent", "task")
CAPTION = (
    "Accuracy in percent, by lm-evaluation-harness. The paper's rows are its tasks; ours are made of test passages: "
    "next words (the true ones among four, chance 25%), last word (the true one among four drawn as often as they "
    f"occur) and word order (the writer's among four). '{AVERAGE}' is over our tasks, the paper's over its own. "
    "Intervals are over seeds; that the items are a sample is in none of them: 200 give a score near 25% a standard "
    "error of 3 points, the same items for every model."
)


def task_table(*, number: int, which: str, model: str) -> Table:
    """Table ``number`` of the paper, of which architecture; ``model`` is what the paper trained."""
    return Table(
        title=f"Downstream tasks by the machine-written share: the {which} architecture",
        source=f"Zhu et al. 2024, Table {number}",
        caption=f"{CAPTION} The paper's model is {model}.",
        keys=KEYS,
        reported_value="score_percent",
        **SHARE,
        pooled=("task",),
        measures=("ours", "paper"),
        ours_first=True,
        layout=share_layout("task", label=lambda row: (row["task"],)),
    )


def beside(comparison: pd.DataFrame) -> str:
    """Sentence for a caption on the accuracies in a table of perplexities, with a space before; nothing without any."""
    return f" {_BESIDE}" if comparison["evaluated_on"].astype(str).str.endswith(PERCENT).any() else ""


def accuracies(task_scores: pd.DataFrame, models: pd.DataFrame) -> pd.DataFrame:
    """model, machine_share_percent, seed, task, value (percent), standard_error (points): accuracy alone, by model."""
    mine = task_scores[task_scores["metric"] == "acc"].drop(columns=["dataset", "role", "seed"])
    found = mine.merge(models, on="model", how="inner", validate="many_to_one")
    found = found.assign(value=100 * found["value"], standard_error=100 * found["standard_error"])
    return found[["model", "machine_share_percent", "seed", "task", "value", "standard_error"]]


def average_over_tasks(scores: pd.DataFrame) -> pd.DataFrame:
    """The mean over tasks, one row per model."""
    keys = ["model", "machine_share_percent", "seed"]
    return scores.groupby(keys, sort=False)["value"].mean().reset_index()


def task_rows(task_scores: pd.DataFrame, models: pd.DataFrame) -> pd.DataFrame:
    """KEYS, seed, value: each task, then the average."""
    scores = accuracies(task_scores, models)
    average = average_over_tasks(scores).assign(task=AVERAGE)
    rows = pd.concat([scores.assign(task=scores["task"].str.replace("_", " ")), average], ignore_index=True)
    return rows.rename(columns={"machine_share_percent": "synthetic_share_percent"})[[*KEYS, "seed", "value"]]


def task_columns(task_scores: pd.DataFrame | None, models: pd.DataFrame) -> pd.DataFrame:
    """model, evaluated_on, seed, value (percent): the average over tasks, then each; None has none, nor have others."""
    if task_scores is None or (scores := accuracies(task_scores, models)).empty:
        return pd.DataFrame(columns=["model", "evaluated_on", "seed", "value"])
    average = average_over_tasks(scores).assign(evaluated_on=f"average accuracy{PERCENT}")
    each = scores.assign(evaluated_on=scores["task"].str.replace("_", " ") + PERCENT)
    return pd.concat([average, each], ignore_index=True)[["model", "evaluated_on", "seed", "value"]]
