"""Verdicts and numbers of a table's cells, however they are written."""

import math
import reprlib
from typing import Any

from uncollapse.proxy.of_table import TRUTH


def verdict_of(value: Any) -> bool | None:
    """Truth of a cell: true, Yes, 1, 0.0; None where it is missing.

    >>> verdict_of("Yes"), verdict_of(0), verdict_of(" "), verdict_of("1.0")
    (True, False, None, True)

    Raises
    ------
    ValueError
        For anything else.
    """
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        word = value.strip().lower()
        if word in TRUTH or not word:
            return TRUTH.get(word)
    try:
        number = number_of(value)
    except ValueError:
        number = math.inf
    if math.isnan(number):
        return None
    if number not in (0.0, 1.0):
        raise ValueError(f"{reprlib.repr(value)} is neither true nor false")
    return number == 1.0


def number_of(value: Any) -> float:
    """Number of a cell; NaN where it is missing.

    >>> number_of("2.5"), number_of(True), number_of(None)
    (2.5, 1.0, nan)

    Raises
    ------
    ValueError
        For anything else.
    """
    if value is None or (isinstance(value, str) and not value.strip()):
        return math.nan
    if isinstance(value, str) and "_" in value:  # Python's own numbers may have underscores
        raise ValueError(f"{reprlib.repr(value)} is no number")
    try:
        return float(value)
    except (TypeError, ValueError, OverflowError):
        raise ValueError(f"{reprlib.repr(value)} is no number") from None
