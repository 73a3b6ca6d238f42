"""Tables measured elsewhere, such as on a GPU at another scale: what of a table is there already, as tidy rows.

``workflow/measured/<table>.csv`` holds a table's keys, ``measured`` (mean over seeds), ``measured_best`` and ``seeds``;
``workflow/measured/<table>.json`` on which machine, from which commit and with which settings it was measured, and a
note for readers of the table.
"""

from pathlib import Path

import pandas as pd

from uncollapse.analysis.comparison import MEASURED, compare
from uncollapse.planning.plan import Plan
from uncollapse.products.needs import needed, optional
from uncollapse.products.products import load_product, made


def rows_so_far(plan: Plan, name: str) -> pd.DataFrame:
    """A table's rows (its keys, MEASURED) from the artifacts that exist; empty where a frame has none yet."""
    table, recipe = load_product("tables", name).TABLE, plan.recipe("make_table", table=name)
    frames, spare = recipe.spec["frames"], optional("tables", name)
    inputs = {}
    for argument, paths in recipe.inputs.items():
        there = [path for path in map(Path, paths) if path.is_file()]
        if argument in frames and not there and argument not in spare:
            return pd.DataFrame(columns=[*table.keys, *MEASURED])
        if there:
            inputs[argument] = there
    if any(argument not in frames for argument in set(needed("tables", name)) & recipe.inputs.keys()):
        return pd.DataFrame(columns=[*table.keys, *MEASURED])  # it is made of other tables
    ours = made("tables", name, inputs, frames=frames, values=recipe.spec["values"])
    nothing = pd.DataFrame(columns=[*table.keys, table.reported_value])
    comparison = compare(
        ours,
        nothing,
        keys=table.keys,
        reported_value=table.reported_value,
        best=table.best,
        bounds=table.bounds,
        logarithms=table.logarithms,
    )
    renamed = comparison.rename(columns={"ours_mean": "measured", "ours_best": "measured_best"})
    return renamed[[*table.keys, *MEASURED]]
