"""Gerstgrasser et al. 2024: replacing grows without bound, accumulating does not."""

import numpy as np
import pandas as pd

from uncollapse.analysis.verdict import Finding, decide
from uncollapse.statistics.bootstrap import bootstrap_interval
from uncollapse.statistics.counted import counted
from uncollapse.statistics.intervals import mean_interval
from uncollapse.theory.agreement import agreement
from uncollapse.theory.log_log_slope import log_log_slope


def check(*, accumulation: pd.DataFrame) -> list[Finding]:
    """Findings on both laws."""
    rng = np.random.default_rng([*b"gerst-b"])
    return [replacing_is_linear(accumulation), accumulating_is_bounded(accumulation, rng=rng)]


def _normalised(table: pd.DataFrame, policy: str) -> pd.DataFrame:
    rows = table[(table["policy"] == policy) & np.isfinite(table["predicted"])]
    return rows.assign(ratio=rows["error"] / rows["predicted"])


def replacing_is_linear(table: pd.DataFrame) -> Finding:
    """gerst-a: under replacement the error is n sigma^2 d / (T - d - 1)."""
    rows = _normalised(table, "replace")
    by_trial = rows.groupby(["round", "trial"])["ratio"].mean()
    last = int(rows["round"].max())
    found = agreement([by_trial[last], by_trial[1]], [1.0, 1.0])
    first = found.intervals[1]
    cells = rows[["dimension", "n_points", "noise_variance", "same_design"]].drop_duplicates()
    return Finding(
        "gerst-a",
        f"error over n sigma^2 d / (T-d-1) after {counted(last, 'round')}, mean over the grid; 1",
        *found.intervals[0],
        decide(supports=found.holds, refutes=found.fails),
        f"{counted(len(cells), 'cell')} with T >= d + 2. After one round {first[0]:.3f} "
        f"[{first[1]:.3f}, {first[2]:.3f}].",
    )


def accumulating_is_bounded(table: pd.DataFrame, *, rng: np.random.Generator) -> Finding:
    """gerst-b: under accumulation the error stays below pi^2/6 of the first; round i adds in proportion to 1 / i^2."""
    rows = _normalised(table, "accumulate")
    last = int(rows["round"].max())
    bound = rows[rows["round"] == last].assign(share=lambda t: t["error"] / t["bound"])
    share = mean_interval(bound.groupby("trial")["share"].mean())
    first = rows.assign(scaled=rows["error"] / (rows["bound"] * 6 / np.pi**2))
    means = first[first["same_design"]].pivot_table(index="trial", columns="round", values="scaled")
    early = [n for n in means.columns if n + 1 in means.columns]

    def exponent(table: pd.DataFrame) -> float:
        steps = [max(float((table[n + 1] - table[n]).mean()), 1e-12) for n in early]
        return log_log_slope([n + 1 for n in early], steps)

    slope = bootstrap_interval(means, exponent, rng=rng)
    final = rows[rows["round"] == last]
    names = {False: "fresh rows", True: "same rows"}
    found = agreement(
        [final[final["same_design"] == same].groupby("trial")["ratio"].mean() for same in names], [1.0, 1.0]
    )
    below = float((final["predicted"] / final["bound"]).max())
    worst = max(found.intervals, key=lambda found: abs(found.value - 1))
    return Finding(
        "gerst-b",
        f"error over the exact law's after {counted(last, 'round')}, mean over the grid, of fresh and same rows the "
        "farther from 1; 1, where the law stays below its bound pi^2/6 sigma^2 d/(T-d-1)",
        *worst,
        decide(
            supports=found.holds and below <= 1 and slope[1] <= -2 <= slope[2],
            refutes=share[1] > 1 or below > 1 or found.fails,
        ),
        f"Log-log slope of the added error in i, same rows: {slope[0]:.2f} [{slope[1]:.2f}, {slope[2]:.2f}] (-2). "
        f"The exact laws reach at most {below:.3f} of the bound, the measured error {share[0]:.3f} "
        f"[{share[1]:.3f}, {share[2]:.3f}] of it; measured over exact: "
        + ", ".join(
            f"{name} {v[0]:.3f} [{v[1]:.3f}, {v[2]:.3f}]"
            for name, v in zip(names.values(), found.intervals, strict=True)
        )
        + ".",
    )
