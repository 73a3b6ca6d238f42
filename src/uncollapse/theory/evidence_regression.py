"""What the regression simulations say about Dohmatob et al. 2024."""

from __future__ import annotations

import numpy as np
import pandas as pd

from uncollapse.theory.evidence import Evidence, agreement, bootstrap_interval, decide, mean_interval
from uncollapse.theory.margin_gap import log_log_slope
from uncollapse.theory.power_law import adaptive_penalty, clean_penalty, predicted_rate


def error_is_linear(table: pd.DataFrame) -> Evidence:
    """dohm-a: a first term that stays, plus a term linear in n, whatever the first fit.

    Parameters
    ----------
    table : DataFrame
        Of simulation "least_squares".
    """
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
    return Evidence(
        "dohm-a",
        "measured over predicted slope in n where they differ most; 1",
        *max(ratios, key=lambda ratio: abs(ratio[0] - 1)),
        decide(supports=found.holds, refutes=found.fails),
        f"{listing}. The law has d/(T-d-1) where the slides have phi/(1-phi).",
    )


def growing_data_is_logarithmic(table: pd.DataFrame) -> Evidence:
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
    return Evidence(
        "dohm-c",
        f"error added in {last} rounds over H_n times that of one round; about 1, {exact:.3f} by the exact sum",
        *found.intervals[0],
        decide(supports=found.holds and later[1] > 0, refutes=found.fails or later[2] < 0),
        f"The exact sum lies between (1 - (d+1)/T_0) H_n and H_n. It goes on growing: {later[0]:+.4f} "
        f"[{later[1]:+.4f}, {later[2]:+.4f}] in the second half of the rounds.",
    )


def null_ratio_is_linear(table: pd.DataFrame) -> Evidence:
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
    return Evidence(
        "dohm-d",
        f"slope of the ratio to the null predictor in n; {expected:.4f} by the formula",
        *found.intervals[0],
        decide(supports=found.holds and passes > 0, refutes=found.fails),
        f"The mean ratio first exceeds 1 after round {passes}.",
    )


def ridge_does_not_help(table: pd.DataFrame) -> Evidence:
    """dohm-e: with fixed ridge penalties the growth stays linear; over-parametrised generators add bias.

    Parameters
    ----------
    table : DataFrame
        Of simulation "ridge".
    """
    last = int(table["round"].max())
    middle = (last + 1) // 2
    growth, steady, bias, law = {}, {}, {}, []
    for key, group in table.groupby(["n_generated", "same_design", "penalty"]):
        risk = group.pivot(index="trial", columns="round", values="excess_risk")
        growth[key] = mean_interval((risk[last] - risk[middle]) / (last - middle))
        steady[key] = growth[key][0] / float((risk[middle] - risk[1]).mean() / (middle - 1))
        quiet = group.pivot(index="trial", columns="round", values="bias")
        bias[key] = mean_interval(quiet[last] - quiet[0])
        expected = group.groupby("round")["predicted"].mean()
        if expected.notna().all():
            law.append(float((risk.mean() / expected - 1).abs().max()))
    over = [key for key in growth if key[0] < int(table["dimension"].iloc[0])]
    forgetting = [key for key in over if not key[1]]
    linear = [key for key in growth if key not in forgetting]
    least = min(linear, key=lambda key: growth[key][0])
    return Evidence(
        "dohm-e",
        "error added per round in the second half, smallest over penalties, for generators with T_0 > d or with the "
        "same rows each round; above 0",
        *growth[least],
        decide(
            supports=growth[least][1] > 0 and all(bias[key][1] > 0 for key in over),
            refutes=growth[least][2] < 0 or any(bias[key][2] < 0 for key in over),
        ),
        f"Growth in the second half over that in the first: {_range(steady, linear)} (1 if linear). T_0 < d adds at "
        f"least {min(bias[k][0] for k in over):.3f} of bias. With fresh rows each round it forgets instead: "
        f"the bias tends to |w_0|^2 and the growth ends ({_range(steady, forgetting)}). Closed form for T_0 > d within "
        f"{max(law):.1%}.",
    )


def _range(values: dict, keys: list) -> str:
    """Smallest to largest of some values."""
    return f"{min(values[key] for key in keys):.2f} to {max(values[key] for key in keys):.2f}"


def adaptive_ridge_mitigates(
    table: pd.DataFrame,
    limit: pd.DataFrame,
    *,
    beta: float,
    source: float,
    noise_growth: float,
    size_growth: float,
    rng: np.random.Generator,
) -> Evidence:
    """dohm-g: lambda = T^-l with the best l makes the error fall with T at the predicted rate, faster than other l.

    Parameters
    ----------
    table, limit : DataFrame
        Of simulations "adaptive_ridge" and "adaptive_limit".
    beta, source, noise_growth, size_growth : float
        As simulated.
    rng : numpy Generator
    """
    growth = {"beta": beta, "source": source, "noise_growth": noise_growth, "size_growth": size_growth}
    best = adaptive_penalty(**growth)
    slopes, far = {}, {}
    for exponent, group in table.groupby("exponent"):
        risk = group.pivot(index="trial", columns="n_points", values="excess_risk")
        slopes[exponent] = bootstrap_interval(risk, lambda rows: -log_log_slope(rows.columns, rows.mean()), rng=rng)
    for exponent, group in limit.groupby("exponent"):
        far[exponent] = -log_log_slope(group["n_points"], group["predicted"])
    chosen = min(slopes, key=lambda exponent: abs(exponent - best.exponent))
    fastest = max(far, key=lambda exponent: far[exponent])
    law = {exponent: float(predicted_rate(exponent, **growth)) for exponent in slopes}
    listing = ", ".join(f"l={k:.3f}: {v[0]:.3f} (at large T {far[k]:.3f}, law {law[k]:.3f})" for k, v in slopes.items())
    found = slopes[chosen]
    return Evidence(
        "dohm-g",
        f"rate at which the error falls with T at l* = {best.exponent:.3f}; {best.rate:.3f}",
        *found,
        decide(
            supports=found[1] <= best.rate <= found[2] and fastest == chosen,
            refutes=fastest != chosen,
        ),
        f"{listing}. For clean data l = {clean_penalty(beta=beta, source=source).exponent:.3f} is best.",
    )
