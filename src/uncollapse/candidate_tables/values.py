"""Values of a table's cells, however they are written."""

import hashlib
import json
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


def text_of(value: Any) -> str:
    """Words of a cell: messages of a conversation one below the other, other lists and objects as JSON.

    >>> text_of([{"role": "user", "content": "2 + 2?"}])
    'user: 2 + 2?'
    """
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, list) and value and all(isinstance(one, dict) and "content" in one for one in value):
        return "\n\n".join(f"{one.get('role', '')}: {text_of(one['content'])}" for one in value)
    if isinstance(value, list | dict):
        return json.dumps(value, ensure_ascii=False, default=str)
    return str(value)


def digest(*values: Any) -> bytes:
    """Sixteen bytes that tell these values apart from others; 1 and "1" are the same, as files of texts have them."""
    told = json.dumps([text_of(value) for value in values])
    return hashlib.blake2b(told.encode("utf-8", "surrogatepass"), digest_size=16).digest()
