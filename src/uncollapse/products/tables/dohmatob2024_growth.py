"""The error that a round of self-labelling adds, measured and predicted."""

import pandas as pd

from uncollapse.analysis.table import Layout, Table

TABLE = Table(
    title="The first fit's own error, and what the rounds add",
    source="Dohmatob et al. 2024, regression",
    caption=(
        "Least squares on labels that earlier fits wrote. The first error stays for ever; each round adds the same, "
        "or with m times the data in round m ever less. Predicted: σ²d/(T−d−1), and σ₀²d/(T₀−d−1) per round (or its "
        "mean over the rounds)."
    ),
    keys=("data", "n_points", "noise", "quantity"),
    unit="excess risk",
    measures=("ours", "predicted"),
    repeats="trials",
    layout=Layout(
        row_heads=("rows in round m:", "first fit"),
        row_label=lambda row: (row["data"], f"T = {row['n_points']}, σ = {row['noise']:g}"),
        column_label=lambda row: row["quantity"],
        decimals=4,
    ),
)


def rows(*, least_squares: pd.DataFrame) -> pd.DataFrame:
    """data, n_points, noise, quantity, seed, value, predicted."""
    last = least_squares["round"].max()
    blocks = []
    for (growing, n_points, noise), fit in least_squares.groupby(["growing", "n_points", "noise"]):
        setting = {"data": "m T₀" if growing else "T₀", "n_points": n_points, "noise": noise}
        wide = fit.pivot(index="trial", columns="round", values="excess_risk")
        law = fit.drop_duplicates("round").set_index("round")["predicted"]
        for quantity, value, predicted in (
            ("first fit's own", wide[0], law[0]),
            ("added per round", (wide[last] - wide[0]) / last, (law[last] - law[0]) / last),
        ):
            part = {"quantity": quantity, "seed": wide.index, "value": value.to_numpy(), "predicted": predicted}
            blocks.append(pd.DataFrame(setting | part))
    return pd.concat(blocks, ignore_index=True)
