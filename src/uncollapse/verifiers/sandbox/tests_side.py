"""The process of the tests: runs them, and has the program do what they ask. No code of the program runs here."""

import ast
import builtins
import importlib
import itertools
import sys
import types
import unittest
from collections.abc import Callable, Mapping
from typing import Any

from uncollapse.verifiers.children.messages import receive, send
from uncollapse.verifiers.sandbox.proxies import Maker, Proxy
from uncollapse.verifiers.sandbox.values import decode, encode, update

# modules that tests may use without importing them, where the program has imported them; all others are its own names
_MODULES = {
    "bisect", "cmath", "collections", "copy", "datetime", "decimal", "fractions", "functools", "heapq", "itertools",
    "json", "math", "numpy", "operator", "random", "re", "statistics", "string", "typing",
}  # fmt: skip
_ALIASES = {"np", "pd", "pytest", "unittest"}


class ProgramError(Exception):
    """The program could not even be loaded."""


class Tests:
    """One side of the conversation with a program."""

    def __init__(self, descriptor: int) -> None:
        self.descriptor = descriptor
        self.objects: list[Any] = []
        self.errors: dict[str, type[Exception]] = {}

    def names(self) -> dict[str, Any]:
        """Names that the program defines; none of Python's own, nor of its modules: tests mean the real ones."""
        told = receive(self.descriptor)
        if "raise" in told:
            raise ProgramError(f"{told['raise']['class']}: {told['raise']['text']}"[:200])
        found = {}
        for name, value in told["names"].items():
            is_module = isinstance(value, dict) and value.get("t") == "module"
            if is_module and value["name"] in _MODULES:
                found[name] = importlib.import_module(value["name"])
            elif not (is_module or hasattr(builtins, name) or name in sys.stdlib_module_names | _ALIASES):
                found[name] = decode(value, self._import)
        return found

    def ask(self, what: str, number: int, given: tuple[Any, ...], names: Mapping[str, Any]) -> Any:
        """Value that the program returns; lists and other arguments that it changed are changed here as well."""
        message = {
            "do": what,
            "on": number,
            "args": [encode(one, self._export) for one in given],
            "names": {name: encode(one, self._export) for name, one in names.items()},
        }
        send(self.descriptor, message)
        while "do" in (reply := receive(self.descriptor)):
            self._serve(reply)
        if "raise" in reply:
            raise self._error(reply["raise"])
        for old, new in zip(given, reply["args"], strict=False):
            if isinstance(old, list | dict | set | bytearray):
                update(old, decode(new, self._import))
        return decode(reply["value"], self._import)

    def _export(self, value: Any) -> dict[str, Any]:
        if isinstance(value, Proxy):
            return {"t": "yours", "id": value._number}
        self.objects.append(value)
        return {"t": "object", "id": len(self.objects) - 1}

    def _import(self, found: dict[str, Any]) -> Any:
        if found["t"] == "yours":
            return self.objects[found["id"]]
        if found["t"] != "object":
            raise ValueError("no value")
        if "error" in found:
            return self._class_of(str(found["class"]), str(found["error"]))
        return (Maker if "class" in found else Proxy)(self, int(found["id"]))

    def _class_of(self, name: str, base: str) -> type[Exception]:
        """A class of errors of the program, made anew here."""
        if name not in self.errors:
            kind = getattr(builtins, base, Exception)
            is_error = isinstance(kind, type) and issubclass(kind, Exception)
            self.errors[name] = type(name, (kind if is_error else Exception,), {})
        return self.errors[name]

    def _error(self, told: Mapping[str, Any]) -> Exception:
        name, kind = str(told["class"]), getattr(builtins, str(told["type"]), Exception)
        if name in self.errors:
            kind = self.errors[name]
        if not (isinstance(kind, type) and issubclass(kind, Exception)):
            return ProgramError(f"{name}: {told['text']}")
        try:
            return kind(str(told["text"]))
        except Exception:
            return ProgramError(f"{name}: {told['text']}")

    def _serve(self, message: Mapping[str, Any]) -> None:
        """Do what the program asks of an object that the tests gave it: call it, and use what is not private."""
        try:
            target = self.objects[message["on"]]
            given = [decode(one, self._import) for one in message["args"]]
            if message["do"] in ("get", "set") and not _is_open(target, str(given[0])):
                raise AttributeError(given[0])
            value = _SERVED[message["do"]](target, *given)
            reply = {"value": encode(value, self._export)}
        except Exception as error:
            reply = {"raise": {"type": type(error).__name__, "text": str(error)[:200]}}
        send(self.descriptor, reply)


_SERVED: dict[str, Callable[..., Any]] = {
    "call": lambda target, *given: target(*given),
    "get": getattr,
    "set": setattr,
    "item": lambda target, key: target[key],
    "len": len,
    "iterate": iter,
    "next": lambda target: [found[0]] if (found := list(itertools.islice(target, 1))) else [],
}


def _is_open(target: Any, name: str) -> bool:
    """Whether the program may see an attribute: of objects of the tests' own classes those that are not private."""
    return type(target).__module__ == "tests" and not name.startswith("_")


def run_tests(descriptor: int, tests: str, entry_point: str | None) -> str:
    """Run tests against the program at the other end; "" where all pass, else what failed."""
    try:
        own = Tests(descriptor)
        names = own.names()
        module = types.ModuleType("tests")
        sys.modules["tests"] = module
        sys.modules["solution"] = _module("solution", names)
        module.__dict__.update(names)
        exec(compile(tests, "tests.py", "exec"), module.__dict__)
        _call_functions(module.__dict__, names, entry_point)
    except BaseException as error:  # SystemExit too: tests that end early have not passed
        return _told(error, tests)
    return ""


def _call_functions(namespace: dict[str, Any], names: Mapping[str, Any], entry_point: str | None) -> None:
    if entry_point is not None and callable(check := namespace.get("check")):
        if entry_point not in names:
            raise ProgramError(f"there is no {entry_point}")
        check(names[entry_point])
    own = [value for value in namespace.values() if getattr(value, "__module__", "") == "tests"]
    for value in own:
        if isinstance(value, types.FunctionType) and value.__name__.startswith("test"):
            value()
        elif isinstance(value, type) and issubclass(value, unittest.TestCase):
            result = unittest.TestResult()
            unittest.defaultTestLoader.loadTestsFromTestCase(value).run(result)
            for _, told in [*result.failures, *result.errors]:
                raise AssertionError(told.strip().splitlines()[-1])


def has_tests(code: str) -> bool:
    """Whether code asserts anything, or has a test to call.

    >>> has_tests("assert f(1) == 2"), has_tests("print(f(1))"), has_tests("assert (")
    (True, False, False)
    """
    try:
        nodes = list(ast.walk(ast.parse(code)))
    except (SyntaxError, ValueError, RecursionError):
        return False
    asserting = any(isinstance(node, ast.Assert) for node in nodes)
    return asserting or any(
        isinstance(node, ast.Attribute) and node.attr.startswith(("assert", "raises")) for node in nodes
    )


def _module(name: str, names: Mapping[str, Any]) -> types.ModuleType:
    module = types.ModuleType(name)
    module.__dict__.update(names)
    return module


def _told(error: BaseException, tests: str) -> str:
    line = None
    trace = error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == "tests.py":
            line = trace.tb_lineno
        trace = trace.tb_next
    told = type(error).__name__ if not str(error) else f"{type(error).__name__}: {error}"
    lines = tests.splitlines()
    where = f"line {line}, {lines[line - 1].strip()[:80]}: " if line and line <= len(lines) else ""
    return f"{where}{told[:200]}"
