"""Tables, figures and claims are modules found by name, called with the frames that their arguments name."""

from importlib import import_module
from types import ModuleType
from typing import Any

import pandas as pd

from uncollapse.jobs.stage import Stage
from uncollapse.products.frames import read_frame
from uncollapse.products.needs import FROM_CONFIG, FUNCTIONS, module_of, needed, optional


def load_product(kind: str, name: str) -> ModuleType:
    """Import a product's module (kind is tables, figures or claims) and no other."""
    return import_module(module_of(kind, name))


def make(kind: str, name: str, stage: Stage) -> Any:
    """The result of the product's function, given frames read from the stage's inputs and values from its spec."""
    arguments: dict[str, Any] = {}
    for argument in needed(kind, name):
        if argument in FROM_CONFIG:
            arguments[argument] = value_from_config(argument, stage.spec[argument])
        elif argument in stage.inputs or argument not in optional(kind, name):
            arguments[argument] = read_frame(argument, stage.inputs[argument])
    return getattr(load_product(kind, name), FUNCTIONS[kind])(**arguments)


# arguments that are a row each of something in config
_TABLES = ("datasets", "groups", "text_datasets", "further_models", "trained_models", "edits", "iterations")


def value_from_config(argument: str, value: Any) -> Any:
    """An argument that follows from config, as the product's function takes it."""
    return pd.DataFrame(value) if argument in _TABLES else value
