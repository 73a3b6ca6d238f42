"""Table 3 of Zhu et al. 2024 at our scale: perplexity after training from scratch on edited text, with controls."""

import pandas as pd

from uncollapse.analysis.edited_scores import edited_words
from uncollapse.analysis.mixture_scores import by_corpus, named, of_first
from uncollapse.analysis.perplexity_table import perplexity_table
from uncollapse.analysis.task_scores import task_columns

TABLE = perplexity_table(
    title="Perplexity after training on edited text",
    source="after Zhu et al. 2024, Table 3, which has scores of eight tasks",
    caption=(
        "Models trained from scratch on a text as it was, and on the same text edited. The table 'Eligible and changed "
        "tokens of every edit' says how much an edit changed.{controls}"
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
    edited = set(models.loc[models["edit"].notna(), "dataset"])
    words = edited_words(models, trained_models, edits)
    labels = {name: text if name in edited else f"{text} (as it was)" for name, text in words.items()}
    found = by_corpus(named(perplexities, models), labels)
    shown = models[models["dataset"].isin(list(labels))]
    on_tasks = task_columns(task_scores, shown)
    if on_tasks.empty:
        return found
    trained_on = on_tasks["model"].map(dict(zip(shown["model"], shown["dataset"].map(labels), strict=True)))
    return pd.concat([found, on_tasks.assign(trained_on=trained_on)[found.columns]], ignore_index=True)
