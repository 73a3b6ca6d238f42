"""Table of students of labels whose error rate depends on the class."""

from uncollapse.theory.schemas.table import DIMENSION, N_POINTS, PHI, PSI, TRIAL, count, number, table, word

SCHEMA = table(
    key="case dimension n_points trial setting",
    columns=[
        word("case", "symmetric: b = -a; skewed: b = 0 (Condition D.1)"),
        DIMENSION,
        N_POINTS,
        number("mean_square", "a = |mu|^2"),
        number("penalty", "lambda"),
        PHI,
        PSI,
        TRIAL,
        count("setting", "which pair of error rates"),
        number("error_rate_0", "p_0: share of wrong labels in class 0"),
        number("error_rate_1", "p_1"),
        *(count(f"n{k}{label}", f"survivors of class {k} labelled {label}") for k in (0, 1) for label in (0, 1)),
        number("accuracy_0", "of the student on class 0, a fraction"),
        number("accuracy_1", "on class 1"),
    ],
)
