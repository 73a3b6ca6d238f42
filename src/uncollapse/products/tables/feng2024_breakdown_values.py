"""Breakdown points of (phi, psi) verifiers, measured in growing sizes, beside p_* and p_*^-(t)."""

import pandas as pd

from uncollapse.analysis.table import Layout, Table

TABLE = Table(
    title="Breakdown points, measured and predicted",
    source="Feng et al. 2024 v1, Theorems 3.2 and D.3",
    caption=(
        "The largest share p of wrong labels at which a student still has the accuracy named, by ψ/φ of its "
        "verifier, in growing dimension and training set. Predicted is the limit p* = 1/(1 + ψ/φ) for one half, and "
        "the paper's p*⁻(t) for 90%: the measured 90% points do not stay there but tend to p*, too."
    ),
    keys=("level", "psi_over_phi", "dimension", "n_points"),
    unit="share of wrong labels",
    bounds=(0.0, 1.0),
    measures=("ours", "predicted"),
    repeats="training sets",
    layout=Layout(
        row_heads=("accuracy of at least", "ψ/φ"),
        row_label=lambda row: (f"{100 * row['level']:g}%", f"{row['psi_over_phi']:g}"),
        column_label=lambda row: f"d = {row['dimension']:,}, N = {row['n_points']:,}",
        column_order=lambda row: row["n_points"],
        decimals=3,
    ),
)


def rows(*, mixture_breakdown: pd.DataFrame) -> pd.DataFrame:
    """Crossings of one half and of the highest level: level, psi_over_phi, dimension, n_points, seed, value, predicted.

    Three sizes: the smallest, the middle one, the largest.
    """
    table = mixture_breakdown[mixture_breakdown["growth"] == "d and N"]
    sizes = sorted(table["n_points"].unique())
    shown = [sizes[place] for place in {0, len(sizes) // 2, len(sizes) - 1}]
    table = table[table["n_points"].isin(shown) & table["level"].isin([0.5, table["level"].max()])]
    return pd.DataFrame(
        {
            "level": table["level"],
            "psi_over_phi": (table["psi"] / table["phi"]).round(9),
            "dimension": table["dimension"],
            "n_points": table["n_points"],
            "seed": table["trial"],
            "value": table["measured"],
            "predicted": table["breakdown_point"].where(table["level"] == 0.5, table["breakdown_lower"]),
        }
    ).sort_values(["level", "psi_over_phi", "n_points", "seed"], ascending=[True, False, True, True])
