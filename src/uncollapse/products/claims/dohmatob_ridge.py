"""Dohmatob et al. 2024: does a fixed ridge penalty stop the growth of the error?"""

import pandas as pd

from uncollapse.analysis.verdict import Finding, decide
from uncollapse.statistics.intervals import mean_interval

_FORGETTING = (
    " With T_0 < d and fresh rows each round the generator forgets instead: the bias tends to |w_0|^2 and the growth "
    "ends ({} of the first half's). The slides do not say which rows they take."
)


def check(*, ridge: pd.DataFrame) -> list[Finding]:
    """dohm-e: with fixed ridge penalties the growth stays linear; over-parametrised generators add bias."""
    last = int(ridge["round"].max())
    middle = (last + 1) // 2
    growth, steady, bias, law = {}, {}, {}, []
    for key, group in ridge.groupby(["n_generated", "same_design", "penalty"]):
        risk = group.pivot(index="trial", columns="round", values="excess_risk")
        growth[key] = mean_interval((risk[last] - risk[middle]) / (last - middle))
        steady[key] = growth[key][0] / float((risk[middle] - risk[1]).mean() / (middle - 1))
        quiet = group.pivot(index="trial", columns="round", values="bias")
        bias[key] = mean_interval(quiet[last] - quiet[0])
        expected = group.groupby("round")["predicted"].mean()
        if expected.notna().all():
            law.append(float((risk.mean() / expected - 1).abs().max()))
    over = [key for key in growth if key[0] < int(ridge["dimension"].iloc[0])]
    forgetting = [key for key in over if not key[1]]
    linear = [key for key in growth if key not in forgetting]
    least = min(growth, key=lambda key: growth[key][0])
    return [
        Finding(
            "dohm-e",
            "error added per round in the second half, smallest over penalties, generators of T_0 above and below d, "
            "and the same or fresh rows each round; above 0",
            *growth[least],
            decide(
                supports=growth[least][1] > 0 and all(bias[key][1] > 0 for key in over),
                refutes=growth[least][2] < 0 or any(bias[key][2] < 0 for key in over),
            ),
            f"The second half adds {_range(steady, linear)} of what the first adds (1 if linear). T_0 < d adds at "
            f"least {min(bias[k][0] for k in over):.3f} of bias. Closed form for T_0 > d within {max(law):.1%}."
            + (_FORGETTING.format(_range(steady, forgetting)) if forgetting else ""),
        )
    ]


def _range(values: dict, keys: list) -> str:
    """Smallest to largest of some values."""
    return f"{min(values[key] for key in keys):.2f} to {max(values[key] for key in keys):.2f}"
