"""The error after the last round over that of one fit, for every policy, d and T."""

import numpy as np
import pandas as pd

from uncollapse.analysis.table import Layout, Table

_NAMES = {"replace": "replace", "accumulate": "accumulate", "accumulate-subsample": "accumulate, subsample"}


TABLE = Table(
    title="Error after the last round, over that of one fit",
    source="Gerstgrasser et al. 2024, Theorems 1 and 2",
    caption=(
        "Least squares on its own labels, fresh rows each round, mean over the three σ²; one fit's error is "
        "σ²d/(T−d−1). Predicted: the number of rounds for replacing; the exact sum, which stays below π²/6 = 1.645, "
        "for accumulating; no formula for subsampling. Cells with T ≥ d + 2."
    ),
    keys=("dimension", "n_points", "policy"),
    unit="multiples of one fit's error",
    measures=("ours", "predicted"),
    repeats="trials",
    layout=Layout(
        row_heads=("dimension", "T"),
        row_label=lambda row: (f"d = {row['dimension']}", f"{row['n_points']:,}"),
        column_label=lambda row: _NAMES[row["policy"]],
        column_order=lambda row: list(_NAMES).index(row["policy"]),
        decimals=2,
    ),
)


def rows(*, accumulation: pd.DataFrame) -> pd.DataFrame:
    """dimension, n_points, policy, seed, value, predicted."""
    table = accumulation[
        (accumulation["round"] == accumulation["round"].max())
        & ~accumulation["same_design"]
        & (accumulation["n_points"] >= accumulation["dimension"] + 2)
    ]
    one = table["noise_variance"] * table["dimension"] / (table["n_points"] - table["dimension"] - 1)
    scaled = table.assign(value=table["error"] / one, predicted=table["predicted"] / one)
    keys = ["dimension", "n_points", "policy", "trial"]
    found = scaled.groupby(keys)[["value", "predicted"]].mean().reset_index().rename(columns={"trial": "seed"})
    law = found.groupby(keys[:-1])["predicted"].transform("first")
    return found.assign(predicted=law.replace({np.inf: np.nan}))
