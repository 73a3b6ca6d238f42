"""Table 3 of Zhu et al. 2024 at our scale: perplexity after training from scratch on edited text, with controls."""

from __future__ import annotations

import pandas as pd

from uncollapse.reporting.mixture_scores import by_corpus, named, of_first
from uncollapse.reporting.perplexity_table import perplexity_table
from uncollapse.reporting.task_scores import BESIDE, task_columns

TABLE = perplexity_table(
    title="Perplexity after training on edited text",
    source="after Zhu et al. 2024, Table 3, which has scores of eight tasks",
    caption=(
        "Models trained from scratch on one text, on its edits, and on controls: as many tokens as the edit changed "
        "are drawn again at random positions, or deleted among those it may edit. Deletion is what the authors' logs "
        "show for Tables 5 and 7. Edited texts are as long as the original but after deletion; zhu2024_edited has the "
        f"shares. {BESIDE}"
    ),
)


def rows(
    *,
    perplexities: pd.DataFrame,
    trained_models: pd.DataFrame,
    edits: pd.DataFrame,
    task_scores: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """trained_on, evaluated_on, seed, value: each text before its edits."""
    models = of_first(trained_models)
    edited = models[["dataset", "edit"]].dropna().drop_duplicates()
    sources = dict(zip(edits["edit"], edits["texts"], strict=True))
    labels: dict[str, str] = {}
    for source in dict.fromkeys(sources[edit] for edit in edited["edit"]):
        labels[source] = f"{source.replace('_', ' ')} (as it was)"
        mine = edited.loc[edited["edit"].map(sources) == source, "dataset"]
        labels |= {name: name.replace("_", " ") for name in mine}
    found = by_corpus(named(perplexities, models), labels)
    shown = models[models["dataset"].isin(list(labels))]
    on_tasks = task_columns(task_scores, shown)
    if on_tasks.empty:
        return found
    trained_on = on_tasks["model"].map(dict(zip(shown["model"], shown["dataset"].map(labels), strict=True)))
    return pd.concat([found, on_tasks.assign(trained_on=trained_on)[found.columns]], ignore_index=True)
