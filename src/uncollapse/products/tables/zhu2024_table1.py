"""Table 1 of Zhu et al. 2024: perplexity by domain and by the machine-written share."""

import pandas as pd

from uncollapse.analysis.mixture_scores import AVERAGE, average_of_human, mixtures
from uncollapse.analysis.table import PERPLEXITY, Table, share_layout

TABLE = Table(
    title="Perplexity by domain and by the machine-written share of the training text",
    source="Zhu et al. 2024, Table 1",
    caption=(
        "Per token. The paper's rows are validation sets of the Pile under a GPT-2 of 124M parameters; ours are test "
        "passages of our corpora under a much smaller model of other tokens: compare how numbers grow, not their size. "
        f"'{AVERAGE}' is the arithmetic mean, ours over our human corpora and the paper's over its 22 domains (claims "
        "compare geometric means, to which each corpus adds its relative change); machine-written text stands last, "
        "for comparison."
    ),
    keys=("synthetic_share_percent", "validation_set"),
    reported_value="perplexity",
    **PERPLEXITY,
    pooled=("validation_set",),
    measures=("ours", "paper"),
    ours_first=True,
    layout=share_layout("evaluated on", label=lambda row: (row["validation_set"],)),
)


def rows(*, perplexities: pd.DataFrame, trained_models: pd.DataFrame) -> pd.DataFrame:
    """synthetic_share_percent, validation_set, seed, value: the first architecture's mixtures."""
    found = mixtures(perplexities, trained_models)
    named = found.assign(validation_set=found["corpus"].str.replace("_", " "))
    average = average_of_human(found).assign(validation_set=AVERAGE)
    frame = pd.concat([average, named.sort_values("written_by", kind="stable")], ignore_index=True)
    frame = frame.rename(columns={"machine_share_percent": "synthetic_share_percent", "perplexity": "value"})
    return frame[[*TABLE.keys, "seed", "value"]]
