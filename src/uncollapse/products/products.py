"""Tables, figures and claims are modules found by name, called with the frames that their arguments name.

A product's function names what it needs as its keyword arguments (``rows(*, evaluations, datasets)``). Which files a
frame is read from, and what their names add as columns, is declared by the kind of experiment that has it, in
``experiments/<kind>/frames.py``.
"""

from collections.abc import Mapping, Sequence
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

import pandas as pd
import pyarrow as pa

from uncollapse.analysis.comparison import read_reported
from uncollapse.artifacts.columns import key_of
from uncollapse.artifacts.parquet import own_schema, read_any, read_table
from uncollapse.errors import ArtifactError, DataError
from uncollapse.jobs.stage import Stage
from uncollapse.products.needs import FUNCTIONS, REPORTED, module_of, needed, optional


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
    """The result of the function of a product (kind is tables, figures or claims).

    ``inputs`` are the files of each frame, ``frames`` the kinds of experiments that declare them: those without are
    finished tables and the papers' numbers. ``values`` are what config says, rows as ``{"rows": [...]}``.
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


def read_frame(name: str, paths: Sequence[Path], *, kind: str | None) -> pd.DataFrame:
    """One frame from its files, with what the file names say as columns in front.

    ``kind`` is that of the experiment that declares it; None for the papers' numbers and finished tables, read as they
    are.

    Raises
    ------
    ArtifactError
        For a file that is not of its kind, has no rows, or has one twice.
    """
    if not paths:
        raise DataError(f"{name}: the experiment has none; remove the tables, figures and claims that need them")
    if kind is None:
        (path,) = paths
        return read_reported(path) if name.startswith(REPORTED) else read_any(path, []).to_pandas()
    frame, parts = import_module(f"uncollapse.experiments.{kind}.frames").FRAMES[name], []
    for path in paths:
        schema, key = frame.artifact.schema, list(frame.artifact.key)
        if schema is None:
            schema = own_schema(path)
            if not (key := key_of(schema)):
                raise ArtifactError(f"{path}: does not say what tells its rows apart; delete it and rerun")
        part = _without_repeats(path, read_table(path, schema), key)
        for position, (column, value) in enumerate(frame.columns(path).items()):
            part.insert(position, column, value)
        parts.append(part)
    return pd.concat(parts, ignore_index=True)


def _without_repeats(path: Path, table: pa.Table, key: list[str]) -> pd.DataFrame:
    frame = table.to_pandas()
    if frame.empty or frame.duplicated(key).any():
        what = "no rows" if frame.empty else f"rows of the same {', '.join(key)}"
        raise ArtifactError(f"{path}: {what}; delete it and rerun")
    return frame
