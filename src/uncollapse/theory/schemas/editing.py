"""Table of the editing process; errors are in units of the first fit's."""

from uncollapse.theory.schemas.table import DIMENSION, N_POINTS, TRIAL, count, number, table, word

SCHEMA = table(
    key="policy share eta trial round",
    columns=[
        word("policy", "which labels may be edited"),
        number("share", "of the labels, at first"),
        number("eta", "by which the mask's norm shrinks under halving"),
        DIMENSION,
        N_POINTS,
        TRIAL,
        count("round", "fits done"),
        count("edited", "labels edited before this fit"),
        number("error", "of the process"),
        number("expected", "its exact expectation given features and masks"),
        number("theorem_error", "of eq. 5 on the same noise"),
        number("theorem_expected", "eq. 39"),
        number("theorem_distance", "|process - eq. 5|^2"),
        number("bound_6", "2"),
        number("bound_7", "eq. 7; NaN except under halving", nan=True),
        number("law_8", "the round: full replacement"),
    ],
)
