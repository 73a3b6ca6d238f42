"""Table of replacing and accumulating."""

from uncollapse.theory.schemas.table import DIMENSION, N_POINTS, TRIAL, count, flag, number, table, word

SCHEMA = table(
    key="policy same_design dimension n_points noise_variance trial round",
    columns=[
        word("policy", "replace, accumulate, accumulate-subsample"),
        flag("same_design", "all rounds label the same rows"),
        DIMENSION,
        N_POINTS,
        number("noise_variance", "sigma^2"),
        TRIAL,
        count("round", "fits done"),
        number("error", "|w - w*|^2"),
        number("predicted", "expected error; NaN for subsamples and T < d + 2", nan=True),
        number("bound", "pi^2/6 times the first fit's expected error; NaN except for accumulate", nan=True),
    ],
)
