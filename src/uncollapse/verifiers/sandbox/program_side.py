"""The process of the program that is tested: runs its code, then does what the tests ask. It is believed in nothing."""

import builtins
import sys
import types
from collections.abc import Iterator
from typing import Any

from uncollapse.verifiers.children.messages import receive, send
from uncollapse.verifiers.sandbox.values import decode, encode


class Program:
    """Objects that stay here, by number, and what can be done with them."""

    def __init__(self, descriptor: int) -> None:
        self.descriptor = descriptor
        self.objects: list[Any] = []

    def run(self, code: str) -> None:
        """Run the code, tell its names, and serve until the other side is gone."""
        module = types.ModuleType("solution")
        sys.modules["solution"] = module
        try:
            exec(compile(code, "solution.py", "exec"), module.__dict__)
        except BaseException as error:
            send(self.descriptor, {"raise": self._error(error)})
            return
        names = {name: value for name, value in vars(module).items() if not name.startswith("_")}
        send(self.descriptor, {"names": {name: self._named(value) for name, value in names.items()}})
        while True:
            self._serve(receive(self.descriptor))

    def _named(self, value: Any) -> Any:
        if isinstance(value, types.ModuleType):
            return {"t": "module", "name": value.__name__}
        return encode(value, self._export)

    def _export(self, value: Any) -> dict[str, Any]:
        if isinstance(value, _Theirs):
            return {"t": "yours", "id": value.number}
        self.objects.append(value)
        found: dict[str, Any] = {"t": "object", "id": len(self.objects) - 1, "callable": callable(value)}
        if isinstance(value, type):
            found["class"] = value.__name__
            if issubclass(value, Exception):
                found["error"] = _builtin(value)
        return found

    def _import(self, found: dict[str, Any]) -> Any:
        return self.objects[found["id"]] if found["t"] == "yours" else _Theirs(self, found["id"])

    def ask(self, message: dict[str, Any]) -> Any:
        """Have the tests do something with an object of theirs."""
        send(self.descriptor, message)
        while True:
            reply = receive(self.descriptor)
            if "do" in reply:
                self._serve(reply)
            elif "raise" in reply:
                raise getattr(builtins, reply["raise"]["type"], RuntimeError)(reply["raise"]["text"])
            else:
                return decode(reply["value"], self._import)

    def encode(self, value: Any) -> Any:
        """A value for the other side."""
        return encode(value, self._export)

    def _serve(self, message: dict[str, Any]) -> None:
        try:
            given = [decode(one, self._import) for one in message["args"]]
            names = {name: decode(one, self._import) for name, one in message.get("names", {}).items()}
            target = self.objects[message["on"]]
            value = _DOING[message["do"]](target, *given, **names)
            reply = {"value": self.encode(value), "args": [self.encode(one) for one in given]}
        except BaseException as error:
            reply = {"raise": self._error(error)}
        send(self.descriptor, reply)

    def _error(self, error: BaseException) -> dict[str, Any]:
        try:
            text = str(error)[:2000]
        except BaseException:
            text = ""
        return {"type": _builtin(type(error)), "class": type(error).__name__, "text": text}


def _builtin(kind: type) -> str:
    """The first built-in class of errors that a class of errors comes from."""
    return next(one.__name__ for one in kind.__mro__ if one.__module__ == "builtins")


class _Theirs:
    """A function or an object of the tests, seen from the program."""

    __slots__ = ("_program", "number")

    def __init__(self, program: Program, number: int) -> None:
        object.__setattr__(self, "_program", program)
        object.__setattr__(self, "number", number)

    def _ask(self, what: str, *given: Any) -> Any:
        program = self._program
        return program.ask({"do": what, "on": self.number, "args": [program.encode(one) for one in given]})

    def __call__(self, *given: Any) -> Any:
        return self._ask("call", *given)

    def __getattr__(self, name: str) -> Any:
        return self._ask("get", name)

    def __setattr__(self, name: str, value: Any) -> None:
        self._ask("set", name, value)

    def __getitem__(self, key: Any) -> Any:
        return self._ask("item", key)

    def __iter__(self) -> Iterator[Any]:
        items = self._ask("iterate")
        while found := items._ask("next"):
            yield found[0]

    def __next__(self) -> Any:
        if not (found := self._ask("next")):
            raise StopIteration
        return found[0]

    def __len__(self) -> int:
        return self._ask("len")

    def __bool__(self) -> bool:
        return True

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Theirs) and other.number == self.number

    def __hash__(self) -> int:
        return hash(self.number)


def _next(target: Any) -> Any:
    """The next item in a list of one, or an empty list at the end."""
    for item in target:
        return [item]
    return []


_DOING: dict[str, Any] = {
    "call": lambda target, *given, **names: target(*given, **names),
    "get": getattr,
    "set": setattr,
    "item": lambda target, key: target[key],
    "put": lambda target, key, value: target.__setitem__(key, value),
    "delete": lambda target, key: target.__delitem__(key),
    "iterate": iter,
    "next": _next,
    "len": len,
    "str": str,
    "repr": repr,
    "bool": bool,
    "hash": hash,
    "equal": lambda target, other: bool(target == other),
    "contains": lambda target, one: one in target,
    "enter": lambda target: target.__enter__(),
    "leave": lambda target: target.__exit__(None, None, None),
    "apply": lambda target, name, *given: getattr(__import__("operator"), name)(target, *given),
    "turned": lambda target, name, other: getattr(__import__("operator"), name)(other, target),
}
