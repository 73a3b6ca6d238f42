"""Objects of the program as the tests see them: whatever a test compares is a value, never an object's own opinion.

An object that a function returned where a value was expected has no operators and is equal to nothing but objects; its
items can be read one by one, and are values again. An object that the tests made themselves, by calling a class of the
program, has operators, since the class is what is tested.
"""

from __future__ import annotations

import operator
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from uncollapse.verifiers.sandbox.tests_side import Tests


class Proxy:
    """An object of the program."""

    def __init__(self, tests: Tests, number: int) -> None:
        self.__dict__.update(_tests=tests, _number=number)

    def _ask(self, what: str, *given: Any, **names: Any) -> Any:
        return self._tests.ask(what, self._number, given, names)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return self._ask("get", name)

    def __setattr__(self, name: str, value: Any) -> None:
        self._ask("set", name, value)

    def __call__(self, *given: Any, **names: Any) -> Any:
        return self._ask("call", *given, **names)

    def __getitem__(self, key: Any) -> Any:
        return self._ask("item", key)

    def __setitem__(self, key: Any, value: Any) -> None:
        self._ask("put", key, value)

    def __delitem__(self, key: Any) -> None:
        self._ask("delete", key)

    def __iter__(self) -> Iterator[Any]:
        items = self._ask("iterate")
        if not isinstance(items, Proxy):
            raise TypeError("no iterator")
        return _items(items)

    def __next__(self) -> Any:
        found = self._ask("next")
        if not found:
            raise StopIteration
        return found[0]

    def __len__(self) -> int:
        return self._ask("len")

    def __str__(self) -> str:
        return self._ask("str")

    def __repr__(self) -> str:
        return self._ask("repr")

    def __bool__(self) -> bool:
        return self._ask("bool") is True

    def __hash__(self) -> int:
        return self._ask("hash")

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Proxy) and self._ask("equal", other) is True

    def __enter__(self) -> Any:
        return self._ask("enter")

    def __exit__(self, *error: object) -> None:
        self._ask("leave")


def _items(items: Proxy) -> Iterator[Any]:
    while found := items._ask("next"):
        yield found[0]


class Made(Proxy):
    """An object that the tests made."""

    def __contains__(self, one: Any) -> bool:
        return self._ask("contains", one) is True


class Maker(Proxy):
    """A class of the program: what it makes is :class:`Made`."""

    def __call__(self, *given: Any, **names: Any) -> Any:
        found = super().__call__(*given, **names)
        return Made(self._tests, found._number) if isinstance(found, Proxy) else found

    def __instancecheck__(self, one: object) -> bool:
        return isinstance(one, Proxy)


def _operator(name: str) -> Any:
    def apply(self: Made, *given: Any) -> Any:
        found = self._ask("apply", name, *given)
        return Made(self._tests, found._number) if isinstance(found, Proxy) else found

    return apply


def _turned(name: str) -> Any:
    def apply(self: Made, other: Any) -> Any:
        found = self._ask("turned", name, other)
        return Made(self._tests, found._number) if isinstance(found, Proxy) else found

    return apply


for _name in ("add", "sub", "mul", "truediv", "floordiv", "mod", "pow", "matmul", "and_", "or_", "xor"):
    setattr(Made, f"__{_name.rstrip('_')}__", _operator(_name))
    setattr(Made, f"__r{_name.rstrip('_')}__", _turned(_name))
for _name in ("lt", "le", "gt", "ge", "neg", "pos", "abs", "invert"):
    setattr(Made, f"__{_name}__", _operator(_name))
assert operator.add  # the names above are that module's
