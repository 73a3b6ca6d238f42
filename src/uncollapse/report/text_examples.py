"""Examples of what models wrote, and the data card of a corpus, as the report shows them."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from uncollapse.analysis.formatting import number
from uncollapse.artifacts.model_names import GENERATOR, Model

METRICS = {"rouge1": "ROUGE-1", "rouge2": "ROUGE-2", "rougeL": "ROUGE-L"}
_OPENING = 400  # characters of what is read


def example_groups(examples: pd.DataFrame, words: Mapping[str, str]) -> list[dict[str, Any]]:
    """One group per prompt: its place among all, opening, true answer, and a line for each model's text.

    ``words`` say what a data set holds, by its name.
    """
    groups = []
    for _, rows in examples.groupby("prompt_id", sort=False):
        first = rows.iloc[0]
        read = str(first["prompt"])
        groups.append(
            {
                "place": f"{100 * first['quantile']:g}%",
                "opening": read if len(read) <= _OPENING else f"{read[:_OPENING].rsplit(' ', 1)[0]} ...",
                "answer": first["answer"],
                "metric": METRICS.get(first["metric"], first["metric"]),
                "lines": [
                    (_who(row["model"], words), row["text"], number(100 * row["value"]), number(row["perplexity"], 2))
                    for row in rows.to_dict("records")
                ],
            }
        )
    return groups


def _who(name: str, words: Mapping[str, str]) -> str:
    """A model by what it was trained on, with its seed where that is not the first.

    >>> _who("generator-seed0", {}), _who("weak_12-seed1", {"weak_12": "weak, 12.5%"})
    ('the generator', 'student of weak, 12.5% (seed 1)')
    """
    model = Model.parse(name)
    seed = f" (seed {model.seed})" if model.seed else ""
    if model.role == GENERATOR:
        return f"the generator{seed}"
    return f"student of {words.get(model.dataset, model.dataset.replace('_', ' '))}{seed}"


def card_head(card: pd.DataFrame) -> str:
    """One line on where a corpus comes from."""
    row = card.iloc[0]
    named = " ".join(part for part in (row["package"], row["version"]) if part)
    return f"{row['corpus']}: {named} ({row['origin']}); licence: {row['licence']}."
