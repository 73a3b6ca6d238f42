"""Whole numbers that ids of documents are known by, so that draws follow a document wherever it stands."""

from hashlib import blake2b
from typing import Any


def key_of(value: Any) -> int:
    """The id as a whole number of 64 bits: itself, or a hash of a text.

    >>> key_of(7), key_of("7"), key_of("doc-00001") == key_of("doc-00001")
    (7, 7, True)

    Raises
    ------
    TypeError
        For what is neither a whole number nor a text.
    """
    try:
        found = int(value)
        if isinstance(value, bool) or (isinstance(value, float) and found != value):
            raise TypeError(f"{value!r} is no id")
        if -(2**63) <= found < 2**63:
            return found
    except ValueError:
        pass  # a text that is no number
    except OverflowError:
        raise TypeError(f"{value!r} is no id") from None
    return int.from_bytes(blake2b(str(value).encode(errors="replace"), digest_size=8).digest(), signed=True)
