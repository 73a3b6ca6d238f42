"""Columns of lists as arrays."""

from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray


def arrays_of(column: pa.ChunkedArray) -> list[NDArray[Any]]:
    """One array for each list of numbers; none of an empty column.

    >>> [row.tolist() for row in arrays_of(pa.chunked_array([[[1, 2], []], [[3]]]))]
    [[1, 2], [], [3]]
    """
    whole = column.combine_chunks()
    lengths = whole.value_lengths().to_numpy()
    return np.split(whole.flatten().to_numpy(), np.cumsum(lengths)[:-1]) if len(lengths) else []
