"""A simulation's table: its columns, and which of them tell its rows apart."""

from collections.abc import Callable, Iterator
from typing import Any

import pyarrow as pa

from uncollapse.artifacts.columns import KEY, field

Blocks = Iterator[dict[str, Any]]  # columns of some rows after the other; a scalar stands in every row of its block


def table(*, key: str, columns: list[pa.Field]) -> pa.Schema:
    """A schema that knows its key: names of columns, separated by spaces."""
    return pa.schema(columns, metadata={KEY: key.encode()})


def columns_of(kind: pa.DataType) -> Callable[..., pa.Field]:
    """Function that declares a column of one type, by name and meaning; floats may be NaN where it says so."""

    def column(name: str, meaning: str, *, nan: bool = False) -> pa.Field:
        return field(name, kind, meaning, nan=nan)

    return column


number, count, word, flag = map(columns_of, (pa.float64(), pa.int64(), pa.string(), pa.bool_()))

TRIAL = count("trial", "independent repetition")
DIMENSION = count("dimension", "d")
N_POINTS = count("n_points", "N, or T: rows of the training set")
PHI = number("phi", "P(keep | label correct)")
PSI = number("psi", "P(keep | label wrong)")
ROUND = count("round", "n: how many generators labelled in turn")
N_GENERATED = count("n_generated", "T_0: rows of every generator")
