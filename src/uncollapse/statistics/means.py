"""Means over independent repetitions with their intervals, for every setting of a table at once."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy import stats


def means(
    table: pd.DataFrame,
    by: str | Sequence[str],
    value: str,
    *,
    bounds: tuple[float, float] = (-np.inf, np.inf),
) -> pd.DataFrame:
    """Mean of ``value`` in every group, with Student's 95% interval: the columns of ``by``, mean, low and high.

    Rows of a group are independent repetitions; the interval is NaN for a single one. It is cut at ``bounds``, the
    values the quantity can take.

    >>> means(pd.DataFrame({"n": [1, 1, 1], "x": [1.0, 2.0, 3.0]}), "n", "x").round(3).values.tolist()
    [[1.0, 2.0, -0.484, 4.484]]
    """
    groups = table.groupby(by, sort=True)[value]
    summary = groups.agg(["mean", "std", "count"]).reset_index()
    freedom = (summary["count"] - 1).clip(lower=1)
    half = stats.t.ppf(0.975, freedom) * summary["std"] / np.sqrt(summary["count"])
    low, high = (summary["mean"] - half).clip(lower=bounds[0]), (summary["mean"] + half).clip(upper=bounds[1])
    return summary.assign(low=low, high=high).drop(columns=["std", "count"])
