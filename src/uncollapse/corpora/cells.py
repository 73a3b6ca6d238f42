"""Words of a table's cells, and bytes that tell cells apart."""

import hashlib
import json
import math
from typing import Any


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


def id_text(value: Any) -> str:
    """Words of a cell that tells rows apart: a number is the same one however it is written; NaN is none.

    Texts stay as they are, so that those of CSV files do: "01" is not 1, nor is "1.0".

    >>> id_text(1), id_text(1.0), id_text("1"), id_text("01"), id_text(1.5), id_text(float("nan"))
    ('1', '1', '1', '01', '1.5', '')
    """
    if isinstance(value, float):
        if math.isnan(value):
            return ""
        return str(int(value)) if value.is_integer() else str(value)
    return text_of(value)


def digest(*values: Any) -> bytes:
    """Sixteen bytes that tell these values apart from others; 1 and "1" are the same, as files of texts have them."""
    told = json.dumps([text_of(value) for value in values])
    return hashlib.blake2b(told.encode("utf-8", "surrogatepass"), digest_size=16).digest()
