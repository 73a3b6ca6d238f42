"""Table of least squares on the labels of a chain of generators."""

from uncollapse.theory.schemas.table import DIMENSION, N_POINTS, TRIAL, count, flag, number, table

ROUND = count("round", "n: how many generators labelled in turn")
N_GENERATED = count("n_generated", "T_0: rows of every generator")

SCHEMA = table(
    key="growing n_points noise trial round",
    columns=[
        DIMENSION,
        N_POINTS,
        number("noise", "sigma"),
        N_GENERATED,
        number("generated_noise", "sigma_0"),
        flag("growing", "round m has m T_0 rows"),
        TRIAL,
        ROUND,
        number("excess_risk", "|w - w_0|_S^2"),
        number("null_ratio", "over that of predicting zero"),
        number("predicted", "expected excess risk"),
        number("predicted_null_ratio", "expected ratio"),
    ],
)
