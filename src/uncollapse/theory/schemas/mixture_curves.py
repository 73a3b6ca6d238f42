"""Table of accuracies of students behind (phi, psi) verifiers on a Gaussian mixture."""

from uncollapse.theory.schemas.table import DIMENSION, N_POINTS, PHI, PSI, TRIAL, count, number, table

BREAKDOWN_POINT = number("breakdown_point", "p_*, predicted")

SCHEMA = table(
    key="dimension n_points phi psi error_rate trial",
    columns=[
        DIMENSION,
        N_POINTS,
        PHI,
        PSI,
        BREAKDOWN_POINT,
        number("error_rate", "p, share of wrong labels before selection"),
        TRIAL,
        count("kept", "examples that the verifier kept"),
        number("accuracy", "of the student: agreement with the Bayes classifier, a fraction"),
    ],
)
