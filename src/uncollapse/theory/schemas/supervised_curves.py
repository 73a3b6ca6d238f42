"""Table of accuracies of students behind linear verifiers."""

from uncollapse.theory.schemas.table import DIMENSION, N_POINTS, TRIAL, number, table, word

SETTING = [
    word("mechanism", "angles: flips independent of the features; vectors: labels of actual linear models"),
    DIMENSION,
    N_POINTS,
    number("theta_prune", "angle of the verifier to the truth, radians"),
    number("dihedral", "angle between the errors of generator and verifier, radians"),
]

SCHEMA = table(
    key="mechanism dimension n_points theta_prune dihedral error_rate trial",
    columns=[
        *SETTING,
        number("theta", "angle between generator and verifier, radians"),
        number("error_rate", "p = theta_gen / pi"),
        number("phi", "predicted; NaN where no label is correct", nan=True),
        number("psi", "predicted; NaN where no label is wrong", nan=True),
        number("breakdown_point", "p_*, predicted; NaN where nothing is kept", nan=True),
        TRIAL,
        number("measured_error_rate", "of the training set; NaN for angles", nan=True),
        number("measured_phi", "of the training set; NaN for angles", nan=True),
        number("measured_psi", "of the training set; NaN for angles", nan=True),
        number("accuracy", "of the student: agreement with the Bayes classifier, a fraction"),
        number("limit_accuracy", "the same for N -> infinity, predicted"),
    ],
)
