"""Declared schemas: documented, and strict about nulls only where a value is always known."""

from __future__ import annotations

import pkgutil
from importlib import import_module

import pyarrow as pa
import pytest

from uncollapse import artifacts
from uncollapse.artifacts.prompts import prompts
from uncollapse.tasks import eigenvalues

MODULES = [import_module(f"{artifacts.__name__}.{found.name}") for found in pkgutil.iter_modules(artifacts.__path__)]
SCHEMAS = {name: value for module in MODULES for name, value in vars(module).items() if isinstance(value, pa.Schema)}


@pytest.mark.parametrize("name", sorted(SCHEMAS))
def test_every_column_says_what_it_means(name: str) -> None:
    for field in SCHEMAS[name]:
        assert field.metadata, f"{name}.{field.name}"
        assert field.metadata[b"meaning"].strip(), f"{name}.{field.name}"


def test_prompts_are_numbered_and_carry_the_tasks_columns() -> None:
    schema = prompts(eigenvalues.PROMPT_COLUMNS)
    assert schema.names == ["prompt_id", "entries", "eigenvalues"]
    assert not any(field.nullable for field in schema)


def test_only_values_that_may_be_unknown_are_nullable() -> None:
    nullable = {name: [field.name for field in schema if field.nullable] for name, schema in SCHEMAS.items()}
    assert nullable["CANDIDATES"] == []
    assert nullable["DATASET"] == []
    assert nullable["EVALUATION"] == []
    assert nullable["OUTCOMES"] == []
    assert nullable["SCORES"] == ["accepted"]
    assert nullable["CURVE"] == ["validation_loss", "validation_accuracy"]
    assert nullable["PROXY"] == ["value", "low", "high"]
