"""Version 2 of Feng et al. 2024: is p_* a proxy for what a verifier's selection is worth?"""

import numpy as np
import pandas as pd
from scipy.stats import spearmanr

from uncollapse.analysis.verdict import Finding, decide
from uncollapse.statistics.intervals import mean_interval
from uncollapse.theory.finite_sample import CLEAN, LABEL_ORACLE, RANDOM, verifier_name

ORACLE = verifier_name(0.0)


def breakdown_points_are_proxies(curves: pd.DataFrame) -> Finding:
    """fengv2-Th4.2-a: measured p_* lies between 0.5 (no verification) and 1 (oracle)."""
    rows = curves[curves["selection"] != CLEAN].drop_duplicates(["trial", "n_original", "selection"])
    stars = rows.groupby("selection")["breakdown_point"].agg(["min", "max"])
    inside = bool((stars["min"] >= 0.5).all() and (stars["max"] <= 1).all())
    ends = bool(np.allclose(stars.loc[RANDOM], 0.5) and np.allclose(stars.loc[LABEL_ORACLE], 1.0))
    by_bayes = rows.groupby("selection")["breakdown_point_bayes"].mean()
    return Finding(
        "fengv2-Th4.2-a",
        "mean p* of the oracle verifier along w*, by the examples' own labels; between 0.5 and 1",
        *mean_interval(rows.loc[rows["selection"] == ORACLE, "breakdown_point"]),
        decide(supports=inside and ends, refutes=not inside),
        "Ranges: "
        + ", ".join(f"{name} {low:.3f}-{high:.3f}" for name, (low, high) in zip(stars.index, stars.values, strict=True))
        + f". Against the Bayes classifier's labels the oracle has {by_bayes[ORACLE]:.3f}.",
    )


def breakdown_tracks_error(curves: pd.DataFrame) -> Finding:
    """fengv2-F3-a: across generators and verifiers, p_* ranks students like their accuracy."""
    rows = curves[~curves["selection"].isin([CLEAN, LABEL_ORACLE])]
    table = pd.DataFrame(
        [
            (trial, n_selected, spearmanr(part["breakdown_point"], part["accuracy"]).statistic)
            for (trial, n_selected), part in rows.groupby(["trial", "selected"])
        ],
        columns=["trial", "selected", "correlation"],
    )
    overall = mean_interval(table.groupby("trial")["correlation"].mean())
    by_size = table.groupby("selected")["correlation"].mean()
    best = rows[(rows["n_original"] == rows["n_original"].max()) & (rows["selected"] == rows["selected"].max())]
    within = mean_interval([spearmanr(p["breakdown_point"], p["accuracy"]).statistic for _, p in best.groupby("trial")])
    return Finding(
        "fengv2-F3-a",
        "Spearman correlation of p* with accuracy over N_0 x verifier, mean over n'; positive and strong (above 0.5)",
        *overall,
        decide(supports=overall[1] > 0.5, refutes=overall[2] < 0),
        "By n': " + ", ".join(f"{size}: {value:.2f}" for size, value in by_size.items()) + ". For the best generator "
        f"alone, at the largest n': {within[0]:.2f} [{within[1]:.2f}, {within[2]:.2f}]: there random selection has the "
        "lowest p* and yet beats the weak verifiers.",
    )
