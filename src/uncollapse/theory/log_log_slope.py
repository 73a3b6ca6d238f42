"""The exponent of a power law from points on it."""

import numpy as np
from numpy.typing import ArrayLike


def log_log_slope(sizes: ArrayLike, values: ArrayLike) -> float:
    """Slope of the least-squares line through log(values) against log(sizes).

    >>> round(log_log_slope([1, 10, 100], [1.0, 0.1, 0.01]), 6)
    -1.0
    """
    return float(np.polyfit(np.log(np.asarray(sizes, dtype=float)), np.log(np.asarray(values, dtype=float)), 1)[0])
