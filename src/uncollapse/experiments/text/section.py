"""The report's section on an experiment with language models, beside its products."""

from typing import Any

import pandas as pd

from uncollapse.analysis.summary_scores import selector_of

SETTINGS = ("data", "base", "sample", "generator", "models", "decodings", "downstream", "proxy")


def words(settings: dict[str, Any]) -> dict[str, str]:
    """Description of each data set, by its name."""
    shares = {name: row["share"] for name, row in settings["datasets"].items()}
    kept = {name: "" if share is None else f", {100 * share:g}%" for name, share in shares.items()}
    return {name: f"{selector_of(row)}{kept[name]}" for name, row in settings["datasets"].items()}


def proxy(frame: pd.DataFrame) -> pd.DataFrame:
    """p_* at the config's threshold alone: dataset, quantity, value, low, high."""
    return frame[frame["chosen"]].drop(columns="chosen").reset_index(drop=True)
