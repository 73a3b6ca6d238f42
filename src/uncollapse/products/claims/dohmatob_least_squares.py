"""Dohmatob et al. 2024: how the error of least squares on its own labels grows with the rounds."""

import numpy as np
import pandas as pd

from uncollapse.analysis.verdict import Finding, decide
from uncollapse.statistics.counted import counted
from uncollapse.statistics.intervals import mean_interval
from uncollapse.theory.agreement import agreement


def check(*, least_squares: pd.DataFrame) -> list[Finding]:
    """Findings on the linear growth, on growing data, and on the ratio to the null predictor."""
    return [
        error_is_linear(least_squares),
        growing_data_is_logarithmic(least_squares),
        null_ratio_is_linear(least_squares),
    ]


def error_is_linear(table: pd.DataFrame) -> Finding:
    """dohm-a: a first term that stays, plus a term linear in n, whatever the first fit."""
    rows = table[~table["growing"]]
    last = rows["round"].max()
    samples, expected, names = [], [], []
    for (n_points, noise), group in rows.groupby(["n_points", "noise"]):
        risk = group.pivot(index="trial", columns="round", values="excess_risk")
        law = group.drop_duplicates("round").set_index("round")["predicted"]
        samples += [(risk[last] - risk[0]) / last, risk[0]]
        expected += [(law[last] - law[0]) / last, law[0]]
        names.append(f"T={n_points}, sigma={noise:g}")
    found = agreement(samples, expected)
    slopes, starts = found.intervals[::2], found.intervals[1::2]
    listing = "; ".join(
        f"{name}: {start[0]:.3f} + {slope[0]:.4f} n (law {a:.3f} + {b:.4f} n)"
        for name, start, slope, a, b in zip(names, starts, slopes, expected[1::2], expected[::2], strict=True)
    )
    ratios = [np.array(slope) / law for slope, law in zip(slopes, expected[::2], strict=True)]
    return Finding(
        "dohm-a",
        "measured over predicted slope in n where they differ most; 1",
        *max(ratios, key=lambda ratio: abs(ratio[0] - 1)),
        decide(supports=found.holds, refutes=found.fails),
        f"{listing}. The law has d/(T-d-1) where the slides have phi/(1-phi).",
    )


def growing_data_is_logarithmic(table: pd.DataFrame) -> Finding:
    """dohm-c: with m times the data in round m the error grows like the harmonic number H_n."""
    rows = table[table["growing"]]
    last = int(rows["round"].max())
    risk = rows.pivot(index=["n_points", "noise", "trial"], columns="round", values="excess_risk")
    law = rows.groupby("round")["predicted"].mean()
    one_round = law[1] - law[0]
    harmonic = float(np.sum(1 / np.arange(1, last + 1)))
    scaled = (risk[last] - risk[0]) / (one_round * harmonic)
    exact = float((law[last] - law[0]) / (one_round * harmonic))
    found = agreement([scaled], [exact])
    later = mean_interval(risk[last] - risk[last // 2])
    return Finding(
        "dohm-c",
        f"error added in {counted(last, 'round')} over H_n times that of one round; about 1, {exact:.3f} by the "
        "exact sum",
        *found.intervals[0],
        decide(supports=found.holds and later[1] > 0, refutes=found.fails or later[2] < 0),
        f"The exact sum lies between (1 - (d+1)/T_0) H_n and H_n. It goes on growing: {later[0]:+.4f} "
        f"[{later[1]:+.4f}, {later[2]:+.4f}] in the second half of the rounds.",
    )


def null_ratio_is_linear(table: pd.DataFrame) -> Finding:
    """dohm-d: error over that of predicting zero grows linearly in n, and passes 1."""
    rows = table[~table["growing"]]
    first = rows[(rows["n_points"] == rows["n_points"].max()) & (rows["noise"] == rows["noise"].min())]
    last = int(first["round"].max())
    ratio = first.pivot(index="trial", columns="round", values="null_ratio")
    law = first.drop_duplicates("round").set_index("round")["predicted_null_ratio"]
    expected = float((law[last] - law[0]) / last)
    found = agreement([(ratio[last] - ratio[0]) / last], [expected])
    means = ratio.mean()
    passes = int(means.index[means > 1][0]) if (means > 1).any() else -1
    return Finding(
        "dohm-d",
        f"slope of the ratio to the null predictor in n; {expected:.4f} by the formula",
        *found.intervals[0],
        decide(supports=found.holds and passes > 0, refutes=found.fails),
        f"The mean ratio first exceeds 1 after round {passes}.",
    )
