"""Tables of (phi, psi) verifiers on a Gaussian mixture."""

from uncollapse.theory.schemas.table import DIMENSION, N_POINTS, PHI, PSI, TRIAL, count, number, table, word

_STAR = number("breakdown_point", "p_*, predicted")

MIXTURE_CURVES = table(
    key="dimension n_points phi psi error_rate trial",
    columns=[
        DIMENSION,
        N_POINTS,
        PHI,
        PSI,
        _STAR,
        number("error_rate", "p, share of wrong labels before selection"),
        TRIAL,
        count("kept", "examples that the verifier kept"),
        number("accuracy", "of the student: agreement with the Bayes classifier, a fraction"),
    ],
)

MIXTURE_BREAKDOWN = table(
    key="growth dimension n_points phi psi level trial",
    columns=[
        word("growth", "what grows along the sizes: 'd and N', or 'N'"),
        DIMENSION,
        N_POINTS,
        PHI,
        PSI,
        _STAR,
        number("breakdown_lower", "p_*^-(t), predicted"),
        number("level", "accuracy whose crossing is measured"),
        TRIAL,
        number("measured", "largest p at which this accuracy is reached"),
    ],
)
