"""Tables measured elsewhere, such as on a GPU at another scale: what of a table is there already, as tidy rows.

``workflow/measured/<table>.csv`` holds a table's keys, ``measured`` (mean over seeds), ``measured_best`` and ``seeds``;
``workflow/measured/<table>.json`` on which machine, from which commit and with which settings it was measured, and a
note for readers of the table.
"""

from pathlib import Path

import pandas as pd

from uncollapse.analysis.comparison import MEASURED, compare
from uncollapse.planning.plan import Plan
from uncollapse.products.frames import SCHEMAS, read_frame
from uncollapse.products.needs import FROM_CONFIG, needed, optional
from uncollapse.products.products import load_product, value_from_config


def rows_so_far(plan: Plan, name: str) -> pd.DataFrame:
    """A table's rows (its keys, MEASURED) from the artifacts that exist; empty where a frame has none yet."""
    table = load_product("tables", name).TABLE
    arguments = {}
    for argument in needed("tables", name):
        if argument in FROM_CONFIG:
            arguments[argument] = value_from_config(argument, plan.product_value("tables", name, argument))
            continue
        paths = [Path(path) for path in plan.product_inputs("tables", name).get(argument, []) if Path(path).is_file()]
        if not paths and argument in optional("tables", name):
            continue
        if not paths or argument not in SCHEMAS:
            return pd.DataFrame(columns=[*table.keys, *MEASURED])
        arguments[argument] = read_frame(argument, paths)
    ours = load_product("tables", name).rows(**arguments)
    nothing = pd.DataFrame(columns=[*table.keys, table.reported_value])
    comparison = compare(
        ours, nothing, keys=table.keys, reported_value=table.reported_value, best=table.best, bounds=table.bounds
    )
    renamed = comparison.rename(columns={"ours_mean": "measured", "ours_best": "measured_best"})
    return renamed[[*table.keys, *MEASURED]]
