"""Table of accuracies on the training set and on the whole distribution."""

from uncollapse.theory.schemas.table import DIMENSION, N_POINTS, PHI, PSI, TRIAL, count, number, table

SCHEMA = table(
    key="n_points error_rate trial",
    columns=[
        DIMENSION,
        N_POINTS,
        number("error_rate", "p"),
        PHI,
        PSI,
        TRIAL,
        count("kept", "examples that the verifier kept"),
        number("train_accuracy", "on the kept examples' true labels (eq. 13), a fraction"),
        number("test_accuracy", "on the distribution, exact"),
        number("gap", "train minus test accuracy"),
    ],
)
