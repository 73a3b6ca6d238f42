"""Table 2 of Zhu et al. 2024 at our scale: perplexity after going on with one domain's text, edited or not."""

import pandas as pd

from uncollapse.analysis.edited_scores import UNEDITED, first_group
from uncollapse.analysis.perplexity_table import perplexity_table

TABLE = perplexity_table(
    title="Perplexity after continual pretraining on one domain",
    source="after Zhu et al. 2024, Table 2, which has scores of five tasks in each of three domains",
    caption=(
        "A model trained on other text goes on with text of one corpus, as it was or edited, at as many tokens and "
        "steps; other edits stand in 'Perplexity by what is edited and how it is drawn'. Intervals are over the order "
        "of blocks: all start from one model.{controls} Several of the paper's rows do not hold as printed: two "
        "columns of Math are swapped, one of its rows is scored another way, and the biomedical row of unedited text "
        "is of another mixture."
    ),
    decimals=2,
)


def rows(
    *,
    perplexities: pd.DataFrame,
    trained_models: pd.DataFrame,
    edits: pd.DataFrame,
    task_scores: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """trained_on, evaluated_on, seed, value of the first group of such models: before, unedited, and its first edit."""
    found = first_group(perplexities, trained_models, edits, task_scores, instructions=False)
    rules = list(found["trained_on"].unique())
    shown = rules[: rules.index(UNEDITED) + 2] if UNEDITED in rules else rules
    return found[found["trained_on"].isin(shown)].reset_index(drop=True)
