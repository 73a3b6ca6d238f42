"""Table of error rates at which students behind (phi, psi) verifiers break down on a Gaussian mixture."""

from uncollapse.theory.schemas.mixture_curves import BREAKDOWN_POINT
from uncollapse.theory.schemas.table import DIMENSION, N_POINTS, PHI, PSI, TRIAL, number, table, word

SCHEMA = table(
    key="growth dimension n_points phi psi level trial",
    columns=[
        word("growth", "what grows along the sizes: 'd and N', or 'N'"),
        DIMENSION,
        N_POINTS,
        PHI,
        PSI,
        BREAKDOWN_POINT,
        number("breakdown_lower", "p_*^-(t), predicted"),
        number("level", "accuracy whose crossing is measured"),
        TRIAL,
        number("measured", "largest p at which this accuracy is reached"),
    ],
)
