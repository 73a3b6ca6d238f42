"""Tables, figures and claims are modules found by name, called with the frames that their arguments name."""

from collections.abc import Mapping, Sequence
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

import pandas as pd

from uncollapse.jobs.stage import Stage
from uncollapse.products.frames import read_frame
from uncollapse.products.needs import FUNCTIONS, module_of, needed, optional


def load_product(kind: str, name: str) -> ModuleType:
    """Import a product's module (kind is tables, figures or claims) and no other."""
    return import_module(module_of(kind, name))


def make(kind: str, stage: Stage) -> Any:
    """The result of the product of a stage's spec, given frames read from its inputs and values from the spec."""
    spec = stage.spec
    return made(kind, spec["product"], stage.inputs, frames=spec["frames"], values=spec["values"])


def made(
    kind: str,
    name: str,
    inputs: Mapping[str, Sequence[Path]],
    *,
    frames: Mapping[str, str],
    values: Mapping[str, Any],
) -> Any:
    """The result of a product's function.

    Parameters
    ----------
    kind : tables, figures or claims.
    name : the product's.
    inputs : files of each frame.
    frames : kind of experiment that declares a frame; those without are finished tables and the papers' numbers.
    values : what config says, rows as ``{"rows": [...]}``.
    """
    arguments: dict[str, Any] = {}
    for argument in needed(kind, name):
        if argument in values:
            arguments[argument] = value_from_config(values[argument])
        elif argument in inputs or argument not in optional(kind, name):
            arguments[argument] = read_frame(argument, inputs[argument], kind=frames.get(argument))
    return getattr(load_product(kind, name), FUNCTIONS[kind])(**arguments)


def value_from_config(value: Any) -> Any:
    """A value of config as a product's function takes it: rows as a DataFrame."""
    return pd.DataFrame(value["rows"]) if isinstance(value, dict) and value.keys() == {"rows"} else value
