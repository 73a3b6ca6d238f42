"""Whether p_* of a round's labels foretells what becomes of them."""

import pandas as pd

from uncollapse.analysis.avalanches import forecasts, further, start_of_avalanche
from uncollapse.analysis.table import SHARE, Layout, Table

_ROWS = {
    "foretold": "all rounds: p above p* and a fall, or p below p* and none",
    "below": "of rounds with p below p*: accuracy does not fall",
    "above": "of rounds with p above p*: accuracy falls",
}

TABLE = Table(
    title="Does p* of a round see the avalanche coming?",
    source="Figure 24 of Lee et al. 2025, and p* of Feng et al. 2024",
    caption=(
        "For each round of every run that went on for long enough (one that several runs share counts once): p* and p "
        "of its labels before the training, and whether the models' accuracy on its difficulties falls by more than 5 "
        "points from before the round to some rounds later. Percent of rounds, with a 95% interval over seeds; of "
        "rounds with injected noise, and of others."
    ),
    keys=("quantity", "rounds"),
    **SHARE,
    measures=("ours",),
    layout=Layout(
        row_heads=("",), row_label=lambda row: (_ROWS[row["quantity"]],), column_label=lambda row: row["rounds"]
    ),
)


def rows(*, accuracies: pd.DataFrame, filtered: pd.DataFrame, runs: pd.DataFrame) -> pd.DataFrame:
    """quantity, rounds, seed, value."""
    points = forecasts(accuracies, runs, filtered, later=further(runs))
    noisy = start_of_avalanche(points, runs)
    found = []
    for name, some in (("with noise", points[noisy]), ("without", points[~noisy])):
        for seed, mine in some.groupby("seed"):
            above = mine["margin"] <= 0
            right = above == mine["falls"]
            chosen = {"foretold": right, "below": right[~above], "above": right[above]}
            found += [(key, name, seed, 100 * float(part.mean())) for key, part in chosen.items() if len(part)]
    return pd.DataFrame(found, columns=[*TABLE.keys, "seed", "value"])
