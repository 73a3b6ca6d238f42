"""Table of ridge students with fixed penalties after a chain of generators."""

from uncollapse.theory.schemas.least_squares import N_GENERATED, ROUND
from uncollapse.theory.schemas.table import DIMENSION, N_POINTS, TRIAL, flag, number, table

SCHEMA = table(
    key="n_generated same_design penalty trial round",
    columns=[
        DIMENSION,
        N_POINTS,
        N_GENERATED,
        flag("same_design", "all generators label the same rows"),
        number("penalty", "lambda"),
        TRIAL,
        ROUND,
        number("excess_risk", "|w - w_0|_S^2 of the student"),
        number("bias", "the same without any noise"),
        number("predicted", "expected excess risk; NaN for T_0 <= d + 1", nan=True),
    ],
)
