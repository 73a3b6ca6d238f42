"""Selections of labels in Table 2 of Feng et al. 2024 (v1), in the words of the reported table."""

from typing import Any

import pandas as pd

from uncollapse.analysis.table import Row
from uncollapse.errors import DataError

# The config's words for a selector -> the words of the reported table; the last two are controls of ours.
SELECTIONS = {
    "all": "none",
    "correct": "data_selection",
    "best": "label_selection",
    "random": "random_selection",
    "labels": "clean_labels",
}
ORACLE = "tolerance"  # the paper's verifier; what another one selects is a row of ours alone
SETTING = ("selection", "generation_beam_size", "selection_tolerance_percent", "is_generator_reference")


def setting(row: Row) -> tuple[Any, ...]:
    """The table's key of a data set (select, beams, tolerance, verifier): selection, beam, tolerance in %, "no".

    Only data selection has a tolerance: the best candidate is the best at any. True labels have no beam.
    """
    select = row["select"]
    if select not in SELECTIONS:
        raise DataError(f"data set {row['dataset']!r}: select is {select!r}, expected one of {sorted(SELECTIONS)}")
    beams = None if select == "labels" or pd.isna(row["beams"]) else int(row["beams"])
    kind = row.get("verifier_kind")
    if kind is not None and not pd.isna(kind) and kind != ORACLE:
        return f"{SELECTIONS[select]} by {row['verifier']}", beams, None, "no"
    tolerance = round(100 * float(row["tolerance"]), 9) if select == "correct" else None
    return SELECTIONS[select], beams, tolerance, "no"


def settings(datasets: pd.DataFrame) -> dict[str, tuple[Any, ...]]:
    """Key of each data set by its name, in config order; a second one with a key is told apart by its name."""
    keys: dict[str, tuple[Any, ...]] = {}
    for row in datasets.to_dict("records"):
        key = setting(row)
        if key in keys.values():
            key = (f"{key[0]} ({row['dataset']})", *key[1:])
        keys[row["dataset"]] = key
    return keys
