"""Words of a table's cells, and bytes that tell cells apart."""

import hashlib
import json
import math
import unicodedata
from decimal import Decimal
from typing import Any

_NOTHING = (None, "", [], {})  # what files of fixed columns have where others have no key


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
        return "\n\n".join(map(_said, value))
    if isinstance(value, list | dict):
        return json.dumps(value, ensure_ascii=False, default=str)
    return str(value)


def _said(message: dict[str, Any]) -> str:
    """A message with whatever else it has, such as calls of tools: messages that differ there alone are two."""
    further = {key: one for key, one in message.items() if key not in ("role", "content") and one not in _NOTHING}
    behind = f" {json.dumps(further, ensure_ascii=False, sort_keys=True, default=str)}" if further else ""
    return f"{message.get('role', '')}: {text_of(message['content'])}{behind}"


def id_text(value: Any) -> str:
    """Words of a cell that tells rows apart: a number is the same one however it is written; NaN is none.

    Texts stay as they are, so that those of CSV files do: "01" is not 1, nor is "1.0".

    >>> id_text(1), id_text(1.0), id_text("1"), id_text("01"), id_text(1.5), id_text(float("nan"))
    ('1', '1', '1', '01', '1.5', '')
    """
    if isinstance(value, float | Decimal):
        return "" if math.isnan(value) else str(whole_number(value))
    return text_of(value)


def whole_number(value: float | Decimal) -> int | float | Decimal:
    """A number as a whole one, where it is one.

    >>> whole_number(2.0), whole_number(Decimal("2.00")), whole_number(2.5), whole_number(float("inf"))
    (2, 2, 2.5, inf)
    """
    return int(value) if math.isfinite(value) and value == int(value) else value


def prompt_words(value: Any) -> str:
    r"""Words of a prompt, without spaces, capitals and forms of characters that make it no other prompt.

    >>> prompt_words("  What is\n2 + 2?") == prompt_words("what is 2 + 2?")
    True
    """
    return " ".join(unicodedata.normalize("NFKC", text_of(value)).casefold().split())


def digest(*values: Any) -> bytes:
    """Sixteen bytes that tell these values apart from others; 1 and "1" are the same, as files of texts have them."""
    told = json.dumps([text_of(value) for value in values])
    return hashlib.blake2b(told.encode("utf-8", "surrogatepass"), digest_size=16).digest()
