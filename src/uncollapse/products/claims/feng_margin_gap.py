"""Remark D.5 of Feng et al. 2024 (v1): does the train-minus-test gap shrink like 1 / sqrt(N)?"""

import numpy as np
import pandas as pd

from uncollapse.analysis.verdict import Finding, decide
from uncollapse.statistics.bootstrap import bootstrap_interval
from uncollapse.theory.log_log_slope import log_log_slope


def check(*, margin_gap: pd.DataFrame) -> list[Finding]:
    """feng-RD.5-a: the train-minus-test gap shrinks like 1 / sqrt(N), or faster."""
    squared = (margin_gap["gap"] ** 2).groupby([margin_gap["trial"], margin_gap["n_points"]]).mean().unstack()
    rng = np.random.default_rng([*b"feng-RD.5-a"])
    slope = bootstrap_interval(squared, lambda rows: log_log_slope(rows.columns, np.sqrt(rows.mean())), rng=rng)
    return [
        Finding(
            "feng-RD.5-a",
            "log-log slope of the root mean square gap against N; -1/2 or steeper",
            *slope,
            decide(supports=slope[2] <= -0.5, refutes=slope[1] > -0.5),
            "Steeper than -1/2 at small N, where optimism, of order d / N, adds to fluctuations of order 1 / sqrt(N).",
        )
    ]
