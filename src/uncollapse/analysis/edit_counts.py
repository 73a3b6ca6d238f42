"""Counts of edited texts, for tables, figures and claims."""

import numpy as np
import pandas as pd

COUNTED = ["above", "eligible", "changed"]


def first_of_corpus(edit_counts: pd.DataFrame, edits: pd.DataFrame) -> pd.DataFrame:
    """The counts of the first edit in config: the one that Tables 8 and 9 show."""
    return edit_counts[edit_counts["edit"] == edits["edit"].iloc[0]]


def shares(edit_counts: pd.DataFrame) -> pd.DataFrame:
    """edit, generation, tokens, and the percentages of them above (the threshold), eligible and changed."""
    sums = edit_counts.groupby(["edit", "generation"], sort=False)[["tokens", *COUNTED]].sum().reset_index()
    return sums.assign(**{name: 100 * sums[name] / sums["tokens"] for name in COUNTED})


def histogram(edit_counts: pd.DataFrame) -> pd.DataFrame:
    """edit, generation, low, high and percent: tokens by their probability before that generation's editing."""
    parts = []
    for (edit, generation), rows in edit_counts.groupby(["edit", "generation"], sort=False):
        counts = np.stack(rows["probabilities"].to_list()).sum(axis=0)
        ends = np.round(np.arange(len(counts) + 1) / len(counts), 9)
        found = pd.DataFrame({"low": ends[:-1], "high": ends[1:], "percent": 100 * counts / counts.sum()})
        parts.append(found.assign(edit=edit, generation=generation))
    return pd.concat(parts, ignore_index=True)[["edit", "generation", "low", "high", "percent"]]
