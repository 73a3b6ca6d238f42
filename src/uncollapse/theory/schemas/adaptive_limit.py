"""Table of ridge students whose penalty falls with the sample size, in closed form."""

from uncollapse.theory.schemas.table import DIMENSION, N_POINTS, count, number, table

LAW = [
    number("beta", "capacity exponent"),
    number("source", "source exponent r"),
    number("noise_growth", "a of n sigma_0^2 = T^a"),
    number("size_growth", "b of T_0 = T^b"),
    N_POINTS,
    count("n_generated", "T_0"),
    DIMENSION,
    number("exponent", "l of lambda = T^-l"),
    number("penalty", "lambda"),
    number("predicted", "expected excess risk at this T"),
    number("predicted_rate", "of the error's fall with T: the exponent of 1/T"),
]

SCHEMA = table(key="n_points exponent", columns=LAW)
