"""Whole numbers that ids of documents are known by, so that draws follow a document wherever it stands."""

import re
from decimal import Decimal
from hashlib import blake2b
from typing import Any

from uncollapse.corpora.cells import whole_number

_WHOLE = re.compile(r"0|-?[1-9][0-9]*")  # as Python writes whole numbers: 07, +7 and 1_0 are other texts
_DIGITS = 20  # of a number of 64 bits, its sign included


def key_of(value: Any) -> int:
    """The id as a whole number of 64 bits: itself, or a hash of a text that is not written as one.

    >>> key_of(7), key_of("7"), key_of("07") == key_of("7"), key_of("doc-00001") == key_of("doc-00001")
    (7, 7, False, True)

    Raises
    ------
    TypeError
        For what is neither a whole number nor a text.
    """
    if isinstance(value, float | Decimal):
        value = whole_number(value)
    if isinstance(value, bool) or not isinstance(value, int | str):
        raise TypeError(f"{value!r} is no id")
    text = str(value)
    if len(text) <= _DIGITS and _WHOLE.fullmatch(text) and -(2**63) <= (found := int(text)) < 2**63:
        return found
    return int.from_bytes(blake2b(text.encode(errors="replace"), digest_size=8).digest(), signed=True)
