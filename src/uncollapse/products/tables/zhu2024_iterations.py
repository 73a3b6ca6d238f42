"""Figure 1 of Zhu et al. 2024 as numbers: perplexity when each model learns from what the last one wrote or edited."""

import pandas as pd

from uncollapse.analysis.mixture_scores import iterated
from uncollapse.analysis.table import PERPLEXITY, Layout, Table

_PROCESSES = {
    "own text": "on text that the one before wrote (own text)",
    "own and human text": "on such text and human text (own and human text)",
    "edited by the model": "on the last training text edited by the one before (edited by the model)",
}


def _caption(comparison: pd.DataFrame) -> str:
    shown = set(comparison["process"])
    learned = ", or ".join(text for name, text in _PROCESSES.items() if name in shown)
    return (
        "Perplexity on human text, averaged over our human corpora. Generation 0 is trained on human text. Then each "
        f"is trained, from scratch and on as many tokens, {learned}. The first seed writes and edits; the interval is "
        "over seeds of training."
    )


TABLE = Table(
    title="Generation after generation",
    source="after Zhu et al. 2024, Figure 1, which is a drawing",
    caption=_caption,
    keys=("process", "generation"),
    **PERPLEXITY,
    pooled=(),
    measures=("ours",),
    layout=Layout(
        row_heads=("each model learns from",),
        row_label=lambda row: (row["process"],),
        column_label=lambda row: f"generation {row['generation']:g}",
        column_order=lambda row: row["generation"],
    ),
)


def rows(*, perplexities: pd.DataFrame, trained_models: pd.DataFrame, iterations: pd.DataFrame) -> pd.DataFrame:
    """process, generation, seed, value."""
    return iterated(perplexities, trained_models, iterations)[[*TABLE.keys, "seed", "value"]]
