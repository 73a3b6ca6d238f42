"""Values that cross between the tests and the program that they test: plain data by value, anything else by number."""

import datetime
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from typing import Any

Encoded = Any  # JSON

_BIG = 1 << 62


def encode(value: Any, export: Callable[[Any], Encoded]) -> Encoded:
    """JSON of a value; ``export`` gives that of an object that stays where it is.

    >>> encode((1, {"a": {2}}), None)
    {'t': 'tuple', 'v': [1, {'t': 'dict', 'v': [['a', {'t': 'set', 'v': [2]}]]}]}
    """
    if value is None or type(value) in (bool, float, str):
        return value
    if isinstance(value, bool):
        return bool(value)
    if isinstance(value, int):
        number = int(value)
        return number if abs(number) < _BIG else {"t": "int", "v": hex(number)}
    if isinstance(value, float):
        return float(value)
    if isinstance(value, str):
        return str.__str__(value)
    if isinstance(value, complex):
        return {"t": "complex", "v": [value.real, value.imag]}
    if isinstance(value, bytes | bytearray):
        return {"t": "bytearray" if isinstance(value, bytearray) else "bytes", "v": bytes(value).hex()}
    for kind in (list, tuple, set, frozenset):
        if isinstance(value, kind):
            return {"t": kind.__name__, "v": [encode(one, export) for one in kind.__iter__(value)]}
    if isinstance(value, dict):
        return {"t": "dict", "v": [[encode(key, export), encode(one, export)] for key, one in dict.items(value)]}
    if isinstance(value, range):
        return {"t": "range", "v": [value.start, value.stop, value.step]}
    if isinstance(value, Decimal | Fraction):
        return {"t": type(value).__name__, "v": str(value)}
    if type(value) in (datetime.date, datetime.datetime, datetime.time):
        return {"t": type(value).__name__, "v": value.isoformat()}
    if type(value) is datetime.timedelta:
        return {"t": "timedelta", "v": [value.days, value.seconds, value.microseconds]}
    if type(value).__module__ == "numpy" and hasattr(value, "tolist"):
        return encode(value.tolist(), export)
    return export(value)


_PLAIN: dict[str, Callable[[Any], Any]] = {
    "int": lambda text: int(text, 16),
    "complex": lambda parts: complex(*parts),
    "bytes": bytes.fromhex,
    "bytearray": bytearray.fromhex,
    "range": lambda parts: range(*parts),
    "Decimal": Decimal,
    "Fraction": Fraction,
    "date": datetime.date.fromisoformat,
    "datetime": datetime.datetime.fromisoformat,
    "time": datetime.time.fromisoformat,
    "timedelta": lambda parts: datetime.timedelta(*parts),
}
_HOLDERS: dict[str, Callable[[Any], Any]] = {"list": list, "tuple": tuple, "set": set, "frozenset": frozenset}


def decode(found: Encoded, imported: Callable[[dict[str, Any]], Any]) -> Any:
    """Value of what :func:`encode` gave, of these types and no other; ``imported`` stands for objects that stayed.

    >>> decode(encode([1.5, (2**70, b"x"), {"k": None}], None), None)
    [1.5, (1180591620717411303424, b'x'), {'k': None}]
    """
    if not isinstance(found, dict):
        if found is not None and type(found) not in (bool, int, float, str):
            raise ValueError("no value")
        return found
    kind = found.get("t")
    if kind in _PLAIN:
        return _PLAIN[kind](found["v"])
    if kind in _HOLDERS:
        return _HOLDERS[kind]([decode(one, imported) for one in found["v"]])
    if kind == "dict":
        return {decode(key, imported): decode(one, imported) for key, one in found["v"]}
    return imported(found)


def update(old: Any, new: Any) -> None:
    """Give a list, dictionary, set or bytearray the content it has after a call that changed it in place."""
    if type(old) is not type(new) or old == new:
        return
    if isinstance(old, list | bytearray):
        old[:] = new
    elif isinstance(old, dict | set):
        old.clear()
        old.update(new)
