"""Table of error rates at which students behind linear verifiers break down."""

from uncollapse.theory.schemas.supervised_curves import SETTING
from uncollapse.theory.schemas.table import TRIAL, number, table

SCHEMA = table(
    key="mechanism dimension n_points theta_prune dihedral trial",
    columns=[
        *SETTING,
        number("predicted", "1 - theta_prune / pi"),
        TRIAL,
        number("measured", "p at which accuracy passes 1/2"),
    ],
)
