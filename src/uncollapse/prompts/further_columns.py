"""Columns that are carried along: one Arrow type for all values of each, whatever a file's rows hold."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pyarrow as pa

from uncollapse.corpora.plain_values import text_as

_TYPES: dict[frozenset[type], pa.DataType] = {
    frozenset([bool]): pa.bool_(),
    frozenset([int]): pa.int64(),
    frozenset([float]): pa.float64(),
    frozenset([int, float]): pa.float64(),
}
_INTEGERS = range(-(2**63), 2**63)
_EXACT = range(-(2**53), 2**53 + 1)  # whole numbers that float64 holds


MESSAGES = pa.list_(pa.struct([("role", pa.string()), ("content", pa.string())]))


def is_conversation(value: Any) -> bool:
    """Whether a value is a list of messages, each of a role and a content.

    >>> is_conversation([{"role": "user", "content": "2 + 2?"}]), is_conversation("2 + 2?")
    (True, False)
    """
    return isinstance(value, list) and all(
        isinstance(turn, dict)
        and set(turn) == {"role", "content"}
        and all(isinstance(one, str) for one in turn.values())
        for turn in value
    )


class Carried:
    """Columns that are carried from file to file: as :class:`FurtherColumns`, and conversations as :data:`MESSAGES`.

    >>> seen = Carried()
    >>> seen.add({"messages": [{"role": "user", "content": "2 + 2?"}], "tags": ["a"]})
    >>> [field.type == MESSAGES for field in seen.fields()]
    [True, False]
    """

    def __init__(self, names: Iterable[str] = ()) -> None:
        self._kinds = FurtherColumns(names)
        self._talks: dict[str, bool] = {}  # whether all values of a column are conversations

    def add(self, row: dict[str, Any]) -> None:
        """Take notice of a row."""
        self._kinds.add(row)
        for name, value in row.items():
            if value is not None:
                self._talks[name] = self._talks.get(name, True) and is_conversation(value)

    def fields(self) -> list[pa.Field]:
        """A nullable column each."""
        return [one.with_type(MESSAGES) if self._talks.get(one.name) else one for one in self._kinds.fields()]


class FurtherColumns:
    """Names and kinds of the values of columns, read row by row.

    >>> seen = FurtherColumns()
    >>> seen.add({"level": 3, "tags": ["a"]}); seen.add({"level": None, "answer": "4"})
    >>> {field.name: str(field.type) for field in seen.fields()}
    {'level': 'int64', 'tags': 'string', 'answer': 'string'}
    """

    def __init__(self, names: Iterable[str] = ()) -> None:
        self._kinds: dict[str, set[type]] = {name: set() for name in names}
        self._rounded: set[str] = set()  # columns with whole numbers beyond float64

    def add(self, row: dict[str, Any]) -> None:
        """Take notice of a row."""
        for name, value in row.items():
            kinds = self._kinds.setdefault(name, set())
            if value is None:
                continue
            is_integer = type(value) is int
            kinds.add(type(value) if not is_integer or value in _INTEGERS else str)
            if is_integer and value not in _EXACT:
                self._rounded.add(name)

    def fields(self) -> list[pa.Field]:
        """A nullable column each: true or false, whole or other numbers, or else text, with lists as JSON."""
        return [pa.field(name, self._type(name, kinds)) for name, kinds in self._kinds.items()]

    def _type(self, name: str, kinds: set[type]) -> pa.DataType:
        if kinds == {int, float} and name in self._rounded:
            return pa.string()
        return _TYPES.get(frozenset(kinds), pa.string())


def cell(value: Any, kind: pa.DataType) -> Any:
    """A value as its column has it.

    >>> cell(3, pa.string()), cell(["a"], pa.string()), cell(3, pa.float64()), cell(None, pa.string())
    ('3', '["a"]', 3.0, None)
    """
    if value is None or not pa.types.is_string(kind):
        return float(value) if value is not None and pa.types.is_floating(kind) else value
    return text_as(value)


def table_of(rows: Sequence[Mapping[str, Any]], schema: pa.Schema) -> pa.Table:
    """Rows as a table of this schema, every value as its column has it; null where a row leaves a column out."""
    arrays = [pa.array([cell(row.get(field.name), field.type) for row in rows], field.type) for field in schema]
    return pa.Table.from_arrays(arrays, schema=schema)
