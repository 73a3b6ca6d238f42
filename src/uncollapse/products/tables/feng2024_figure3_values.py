"""The numbers behind Figure 3 of Feng et al. 2024: p, phi, psi and p_* of every selection, and its students' errors."""

import pandas as pd

from uncollapse.analysis.table import Layout, Row, Table

_QUANTITIES = {
    "error_rate": "p",
    "phi": "φ",
    "psi": "ψ",
    "breakdown_point": "p*",
    "breakdown_point_bayes": "p* (Bayes labels)",
    "relative_error": "relative error at most n′",
}
_ORDER = list(_QUANTITIES)


def _row_label(row: Row) -> tuple[str, ...]:
    return f"N₀ = {row['n_original']:,}", str(row["selection"]).replace("theta ", "verifier at ").replace(" deg", "°")


TABLE = Table(
    title="p* of every generator and verifier, and what their students reach",
    source="Feng et al. 2024 v2, Figure 3 (bottom row)",
    caption=(
        "Shares in percent. p, φ, ψ and p* count a generated label as right if it is the example's own; the last p* "
        "if it is the Bayes classifier's. Labels are sampled, so that many are wrong however good the generator. The "
        "error is relative to the Bayes-optimal accuracy, at the most examples that every selection could fill. A "
        "label oracle keeps exactly the examples whose label is right."
    ),
    keys=("n_original", "selection", "quantity"),
    unit="%",
    measures=("ours",),
    repeats="pools",
    layout=Layout(
        row_heads=("generator", "selection"),
        row_label=_row_label,
        column_label=lambda row: _QUANTITIES[row["quantity"]],
        column_order=lambda row: _ORDER.index(row["quantity"]),
        decimals=2,
    ),
)


def rows(*, finite_sample: pd.DataFrame) -> pd.DataFrame:
    """n_original, selection, quantity, seed, value in percent; clean data have no p_* and are left out."""
    table = finite_sample[finite_sample["n_original"] > 0]
    filled = table.groupby(["n_original", "selection"])["selected"].max().min()
    table = table[table["selected"] == filled]
    long = table.melt(["n_original", "selection", "trial"], _ORDER, var_name="quantity", value_name="value")
    long = long.dropna(subset="value").rename(columns={"trial": "seed"})
    return long.assign(value=100 * long["value"])[["n_original", "selection", "quantity", "seed", "value"]]
