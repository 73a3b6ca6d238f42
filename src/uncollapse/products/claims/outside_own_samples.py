"""Kazdan et al. 2024, outside the four works: Gaussians on their own samples under four regimes."""

import pandas as pd

from uncollapse.analysis.verdict import Finding, decide
from uncollapse.statistics.intervals import mean_interval
from uncollapse.theory.agreement import agreement
from uncollapse.theory.own_samples import accumulation_floor

EARLY = 3  # generations up to which products of chi-squared variables are not yet too skewed for means of some draws


def check(*, own_samples: pd.DataFrame) -> list[Finding]:
    """outside-2410.16713-a: replacing loses variance even with as many rows as accumulating, which keeps it."""
    table = own_samples[own_samples["model"] == "gaussian"]
    n_points, most, last = int(table["n_points"].min()), int(table["n_points"].max()), int(table["generation"].max())
    early = int(table.loc[table["generation"] <= EARLY, "generation"].max())
    first, end = (
        dict(iter(table[(table["generation"] == g) & (table["n_points"] == n)].groupby("policy")))
        for g, n in ((early, most), (last, n_points))
    )
    found = agreement(
        [rows["variance"] for rows in first.values()], [rows["expected_variance"].iloc[0] for rows in first.values()]
    )
    law = {policy: float(rows["expected_variance"].iloc[0]) for policy, rows in end.items()}
    measured = {policy: mean_interval(rows["variance"]) for policy, rows in end.items()}
    floor = accumulation_floor(n_points)
    many, accumulated = law["replace-multiple"], law["accumulate"]
    shown = ", ".join(f"{policy} {value.value:.3f} ({law[policy]:.3f})" for policy, value in measured.items())
    return [
        Finding(
            "outside-2410.16713-a",
            f"variance after {last} generations of {n_points} rows, replaced with as many rows as accumulate has",
            *measured["replace-multiple"],
            decide(
                supports=found.holds and many < floor <= accumulated,
                refutes=found.fails or not many < floor <= accumulated,
            ),
            f"Collapse is meant as vanishing variance; 1 is the truth. Measured (and exact): {shown}. Accumulated rows "
            f"keep more than {floor:.3f} for ever. Draws are held against exact values of {most} rows in generation "
            f"{early}, before a few of them decide the means.",
        )
    ]
