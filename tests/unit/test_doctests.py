"""The examples in docstrings are true."""

from __future__ import annotations

import doctest
import importlib
import pkgutil

import pytest

import uncollapse

MODULES = sorted(module.name for module in pkgutil.walk_packages(uncollapse.__path__, "uncollapse."))


@pytest.mark.parametrize("name", MODULES)
def test_examples(name: str) -> None:
    try:
        module = importlib.import_module(name)
    except ModuleNotFoundError as error:
        if (error.name or "").split(".")[0] == "uncollapse":
            raise
        pytest.skip(f"needs {error.name}")
    assert doctest.testmod(module, optionflags=doctest.ELLIPSIS).failed == 0


def test_there_are_examples() -> None:
    """Where they help most: encodings, schedules, p_*, progress."""
    names = (
        "tasks.number_encoding",
        "training.settings",
        "proxy.estimate",
        "jobs.progress",
        "decoding.label",
        "jobs.sharding",
        "tasks.sequence_layout",
    )
    for name in names:
        assert doctest.testmod(importlib.import_module(f"uncollapse.{name}")).attempted, name
