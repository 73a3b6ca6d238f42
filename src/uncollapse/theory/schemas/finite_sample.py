"""Table of students of n' selected examples of a fitted generator."""

from uncollapse.theory.schemas.table import TRIAL, count, number, table, word

SCHEMA = table(
    key="trial n_original selection selected",
    columns=[
        TRIAL,
        count("dimension", "d"),
        number("tau", "overlap of the classes"),
        count("n_original", "N_0: examples of the generator; 0 for clean data"),
        word("selection", "oracle, theta ... deg, label oracle, random, clean"),
        number("angle", "theta_prune in radians; NaN where there is none", nan=True),
        count("selected", "n': examples of the student"),
        number("accuracy", "of the student on the distribution, exact, a fraction"),
        number("relative_error", "1 - accuracy / Bayes accuracy"),
        number("generator_accuracy", "of the generator; NaN for clean data", nan=True),
        number("error_rate", "p by the examples' own labels; NaN for clean data", nan=True),
        number("phi", "by the examples' own labels", nan=True),
        number("psi", "by the examples' own labels", nan=True),
        number("breakdown_point", "p_* by the examples' own labels", nan=True),
        number("error_rate_bayes", "p by the Bayes classifier's labels", nan=True),
        number("phi_bayes", "by the Bayes classifier's labels", nan=True),
        number("psi_bayes", "by the Bayes classifier's labels", nan=True),
        number("breakdown_point_bayes", "p_* by the Bayes classifier's labels", nan=True),
    ],
)
