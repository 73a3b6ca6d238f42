"""Figure 2 of Feng et al. 2024 (v1): do three angles say where a linear verifier's students break down?"""

import numpy as np
import pandas as pd

from uncollapse.analysis.verdict import Finding, decide
from uncollapse.theory.agreement import agreement


def check(*, supervised_breakdown: pd.DataFrame, supervised_curves: pd.DataFrame) -> list[Finding]:
    """feng-F2-a: phi, psi and the breakdown depend on the three angles alone.

    Settings in which generator and verifier err to opposite sides are left out: nothing is kept at their breakdown, so
    that it is found exactly, without any spread to judge.
    """
    breakdown, curves = supervised_breakdown, supervised_curves
    largest = breakdown.groupby("mechanism")["n_points"].transform("max") == breakdown["n_points"]
    rows = breakdown[(breakdown["theta_prune"] > 0) & largest & ~np.isclose(breakdown["dihedral"], np.pi)]
    samples = [
        group["measured"] - group["predicted"] for _, group in rows.groupby(["mechanism", "theta_prune", "dihedral"])
    ]
    found = agreement(samples, [0.0] * len(samples))
    vectors = curves[(curves["mechanism"] == "vectors") & (curves["n_points"] == curves["n_points"].max())]
    spread = float((vectors["measured_psi"] - vectors["psi"]).abs().mean())
    return [
        Finding(
            "feng-F2-a",
            "measured minus predicted p = 1 - theta_prune / pi at which accuracy passes 1/2, where they differ most; 0",
            *max(found.intervals, key=lambda found: abs(found.value)),
            decide(supports=found.holds, refutes=found.fails),
            f"{len(samples)} settings; psi measured on different vectors with the same angles differs from the formula "
            f"by {spread:.4f} on average. Actual linear labels pass 1/2 at p* smoothly; only independent flips jump.",
        )
    ]
