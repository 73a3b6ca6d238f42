"""Tables of regression on its own labels."""

from uncollapse.theory.schemas.table import DIMENSION, N_POINTS, TRIAL, count, flag, number, table

_ROUND = count("round", "n: how many generators labelled in turn")
_GENERATED = count("n_generated", "T_0: rows of every generator")

LEAST_SQUARES = table(
    key="growing n_points noise trial round",
    columns=[
        DIMENSION,
        N_POINTS,
        number("noise", "sigma"),
        _GENERATED,
        number("generated_noise", "sigma_0"),
        flag("growing", "round m has m T_0 rows"),
        TRIAL,
        _ROUND,
        number("excess_risk", "|w - w_0|_S^2"),
        number("null_ratio", "over that of predicting zero"),
        number("predicted", "expected excess risk"),
        number("predicted_null_ratio", "expected ratio"),
    ],
)

RIDGE = table(
    key="n_generated same_design penalty trial round",
    columns=[
        DIMENSION,
        N_POINTS,
        _GENERATED,
        flag("same_design", "all generators label the same rows"),
        number("penalty", "lambda"),
        TRIAL,
        _ROUND,
        number("excess_risk", "|w - w_0|_S^2 of the student"),
        number("bias", "the same without any noise"),
        number("predicted", "expected excess risk; NaN for T_0 <= d + 1", nan=True),
    ],
)
