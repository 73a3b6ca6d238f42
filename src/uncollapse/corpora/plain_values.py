"""Values of a table's cells as text and as JSON, whatever file they come from.

JSON has no number that is none (NaN), which is null here as in most programs, and none without end: these become the
texts "Infinity" and "-Infinity", which Python's float reads. Dates, times and decimal numbers become text. Bytes are
refused: as text they would be neither what stood there nor told from it.
"""

import json
import math
from typing import Any

import pyarrow as pa

from uncollapse.errors import DataError


def json_of(value: Any, *, ensure_ascii: bool = False) -> str:
    """A value as strict JSON.

    Raises
    ------
    DataError
        For bytes, wherever in it they stand.

    >>> json_of({"a": [float("nan"), float("-inf"), 0.5], "b": "ü"})
    '{"a": [null, "-Infinity", 0.5], "b": "ü"}'
    """
    try:
        return json.dumps(value, ensure_ascii=ensure_ascii, default=_as_text, allow_nan=False)
    except ValueError as error:
        if isinstance(error, DataError):
            raise
        return json.dumps(_finite(value), ensure_ascii=ensure_ascii, default=_as_text, allow_nan=False)


def text_as(value: Any) -> str:
    """A value as the text of a cell: text as it is, lists, objects and truth values as JSON.

    Raises
    ------
    DataError
        For bytes, wherever in it they stand.

    >>> text_as("a"), text_as(3), text_as(True), text_as(["a"]), text_as(float("nan"))
    ('a', '3', 'true', '["a"]', 'nan')
    """
    if isinstance(value, str):
        return value
    return json_of(value) if isinstance(value, list | tuple | dict | bool) else _as_text(value)


def holds_bytes(kind: pa.DataType) -> bool:
    """Whether values of a type are bytes, or hold some.

    >>> holds_bytes(pa.list_(pa.binary())), holds_bytes(pa.string())
    (True, False)
    """
    is_bytes = pa.types.is_binary(kind) or pa.types.is_large_binary(kind) or pa.types.is_fixed_size_binary(kind)
    return is_bytes or pa.types.is_binary_view(kind) or any(map(holds_bytes, _within(kind)))


def with_times_as_text(kind: pa.DataType) -> pa.DataType:
    """The type with text in place of times of day in nanoseconds, which Python's own would cut to microseconds.

    >>> with_times_as_text(pa.list_(pa.time64("ns"))), with_times_as_text(pa.time64("us"))
    (ListType(list<item: string>), Time64Type(time64[us]))
    """
    if not _holds_nanoseconds(kind):
        return kind
    if pa.types.is_time64(kind) or pa.types.is_dictionary(kind):
        return pa.string()
    if pa.types.is_struct(kind):
        return pa.struct([field.with_type(with_times_as_text(field.type)) for field in kind])
    if pa.types.is_map(kind):
        return pa.map_(with_times_as_text(kind.key_type), with_times_as_text(kind.item_type))
    within = with_times_as_text(kind.value_type)
    if pa.types.is_fixed_size_list(kind):
        return pa.list_(within, kind.list_size)
    return pa.large_list(within) if pa.types.is_large_list(kind) else pa.list_(within)


def has_half_characters(value: Any) -> bool:
    """Whether a value, or a name within it, holds half of a surrogate pair, which UTF-8 cannot hold.

    >>> has_half_characters({"a": ["x\\ud83d"]}), has_half_characters({"\\ud83d": 1}), has_half_characters("ü")
    (True, True, False)
    """
    if isinstance(value, str):
        return any("\ud800" <= letter <= "\udfff" for letter in value)
    if isinstance(value, dict):
        return any(has_half_characters(name) or has_half_characters(one) for name, one in value.items())
    return isinstance(value, list | tuple) and any(map(has_half_characters, value))


def _within(kind: pa.DataType) -> list[pa.DataType]:
    """Types that a type is made of."""
    if pa.types.is_dictionary(kind):
        return [kind.value_type]
    return [kind.field(number).type for number in range(kind.num_fields)]


def _holds_nanoseconds(kind: pa.DataType) -> bool:
    return (pa.types.is_time64(kind) and kind.unit == "ns") or any(map(_holds_nanoseconds, _within(kind)))


def _as_text(value: Any) -> str:
    if isinstance(value, bytes | bytearray | memoryview):
        raise DataError("holds bytes, which text cannot hold")
    return str(value)


def _finite(value: Any) -> Any:
    """A value with NaN as None and infinite numbers as text."""
    if isinstance(value, float) and not math.isfinite(value):
        return None if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
    if isinstance(value, dict):
        return {name: _finite(one) for name, one in value.items()}
    return [_finite(one) for one in value] if isinstance(value, list | tuple) else value
