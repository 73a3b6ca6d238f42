"""Dohmatob et al. 2024: does a penalty that falls with the sample size mitigate collapse?"""

import numpy as np
import pandas as pd

from uncollapse.analysis.verdict import Finding, decide
from uncollapse.statistics.bootstrap import bootstrap_interval
from uncollapse.theory.log_log_slope import log_log_slope
from uncollapse.theory.power_law import adaptive_penalty, clean_penalty, predicted_rate


def check(*, adaptive_ridge: pd.DataFrame, adaptive_limit: pd.DataFrame) -> list[Finding]:
    """dohm-g: lambda = T^-l with the best l makes the error fall with T at the predicted rate, faster than other l."""
    growth = {key: float(adaptive_ridge[key].iloc[0]) for key in ("beta", "source", "noise_growth", "size_growth")}
    best = adaptive_penalty(**growth)
    clean = clean_penalty(beta=growth["beta"], source=growth["source"])
    rng = np.random.default_rng([*b"dohm-g"])
    slopes, far = {}, {}
    for exponent, group in adaptive_ridge.groupby("exponent"):
        risk = group.pivot(index="trial", columns="n_points", values="excess_risk")
        slopes[exponent] = bootstrap_interval(risk, lambda rows: -log_log_slope(rows.columns, rows.mean()), rng=rng)
    for exponent, group in adaptive_limit.groupby("exponent"):
        far[exponent] = -log_log_slope(group["n_points"], group["predicted"])
    chosen = min(slopes, key=lambda exponent: abs(exponent - best.exponent))
    fastest = max(far, key=lambda exponent: far[exponent])
    law = {exponent: float(predicted_rate(exponent, **growth)) for exponent in slopes}
    listing = ", ".join(f"l={k:.3f}: {v[0]:.3f} (at large T {far[k]:.3f}, law {law[k]:.3f})" for k, v in slopes.items())
    found = slopes[chosen]
    return [
        Finding(
            "dohm-g",
            f"rate at which the error falls with T at l* = {best.exponent:.3f}; {best.rate:.3f}",
            *found,
            decide(
                supports=found[1] <= best.rate <= found[2] and fastest == chosen,
                refutes=fastest != chosen,
            ),
            f"{listing}. For clean data l = {clean.exponent:.3f} is best.",
        )
    ]
