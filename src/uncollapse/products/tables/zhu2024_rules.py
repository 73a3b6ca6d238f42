"""The editing process after the last round, by what may be edited, beside the printed and the corrected theorem."""

import pandas as pd

from uncollapse.analysis.table import Layout, Table

_POLICIES = {
    "disjoint": "never the same twice",
    "fresh": "drawn anew each round",
    "frozen": "the same each round",
    "halving": "fewer each round",
    "replace": "all of them, each round",
}
_QUANTITIES = {
    "error": "process",
    "expected": "exact expectation",
    "theorem_expected": "Theorem 1 as printed",
    "bound_6": "bound of eq. 6",
    "bound_7": "bound of eq. 7",
}


TABLE = Table(
    title="Editing: process, theorem and bounds after the last round",
    source="Zhu et al. 2024, Theorems 1 and 2",
    caption=(
        "Errors over that of one fit, by which labels may be edited, by their share in the first round, and by the "
        "number of edits. The exact expectation is Theorem 1's with the term that its proof drops, and is what the "
        "process shows, but for chance: about one interval in twenty misses it. Theorem 1 as printed is not. The bound "
        "of eq. 6 fails where the set changes or is large. Where all labels are edited in each round, they are simply "
        "replaced: the dropped term is zero, so that the printed theorem is exact; the error grows by that of one fit "
        "with every edit (eq. 8), and the bounds are not meant for it."
    ),
    keys=("policy", "share", "edits", "quantity"),
    unit="multiples of one fit's error",
    measures=("ours",),
    repeats="trials",
    layout=Layout(
        row_heads=("labels that may be edited:", "share, edits"),
        row_label=lambda row: (_POLICIES[row["policy"]], f"{100 * row['share']:g}%, {row['edits']}"),
        column_label=lambda row: _QUANTITIES[row["quantity"]],
        column_order=lambda row: list(_QUANTITIES).index(row["quantity"]),
        # the bound of eq. 7 is that of a set that shrinks
        exists=lambda labels, column: column != _QUANTITIES["bound_7"] or labels[0] == _POLICIES["halving"],
        decimals=2,
    ),
)


def rows(*, editing: pd.DataFrame) -> pd.DataFrame:
    """policy, share, edits, quantity, seed, value after the last round."""
    last = editing.groupby(["policy", "share"])["round"].transform("max")
    table = editing[editing["round"] == last].assign(edits=lambda end: end["round"] - 1)
    keys = ["policy", "share", "edits"]
    long = table.melt([*keys, "trial"], list(_QUANTITIES), var_name="quantity", value_name="value")
    order = long["policy"].map(list(_POLICIES).index)
    long = long.assign(order=order).dropna(subset="value").sort_values(["order", "share", "trial"], kind="stable")
    return long.rename(columns={"trial": "seed"})[[*keys, "quantity", "seed", "value"]]
