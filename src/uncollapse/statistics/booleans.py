"""Arrays of booleans, with what would be misread refused: 0 and 1, words, and other shapes."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from uncollapse.errors import DataError


def booleans(name: str, values: ArrayLike, *, dimensions: int) -> NDArray[np.bool_]:
    """Values as an array of booleans, which they must be already.

    Raises
    ------
    DataError
        For other values (``~`` of 1 is -2, so that sums of them would be wrong) or another number of dimensions.

    Examples
    --------
    >>> booleans("kept", [[True], [False]], dimensions=2).shape
    (2, 1)
    """
    array = np.asarray(values)
    if array.dtype != np.bool_:
        raise DataError(f"{name} holds {array.dtype}, expected booleans: {name} == 1 makes them of 0 and 1")
    if array.ndim != dimensions:
        shape = "prompts by candidates (N, W); one candidate a prompt: values[:, None]" if dimensions == 2 else "(N,)"
        raise DataError(f"{name} has shape {array.shape}, expected {shape}")
    return array
