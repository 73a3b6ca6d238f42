"""Table 4 of Zhu et al. 2024 at our scale: perplexity of held-out answers after fine-tuning on edited ones or not."""

import pandas as pd

from uncollapse.analysis.edited_scores import first_group
from uncollapse.analysis.perplexity_table import perplexity_table

TABLE = perplexity_table(
    title="Perplexity after fine-tuning on instructions",
    source="after Zhu et al. 2024, Table 4, which has scores of tasks after fine-tuning on six sets",
    caption=(
        "A model trained on other text is fine-tuned on instructions with a model's answers; the answers alone are "
        "learned. Edited answers were scored and drawn given their instructions, which the released code leaves out. "
        "Perplexity is that of held-out answers given their instructions, and of other human text. Intervals, where "
        "there are several seeds, are over the order of examples.{controls} The paper's averages over the code tasks "
        "do not match the columns it prints."
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
    """trained_on, evaluated_on, seed, value: the first group of such models, before, unedited, and by edit."""
    return first_group(perplexities, trained_models, edits, task_scores, instructions=True)
