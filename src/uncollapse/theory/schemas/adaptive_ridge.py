"""Table of simulated ridge students whose penalty falls with the sample size."""

from uncollapse.theory.schemas.adaptive_limit import LAW
from uncollapse.theory.schemas.table import TRIAL, number, table

SCHEMA = table(
    key="n_points exponent trial",
    columns=[*LAW, TRIAL, number("excess_risk", "|w - w_0|_S^2 of the student")],
)
