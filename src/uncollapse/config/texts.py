"""Texts and blocks of a config, with the keys where they stand."""

from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel


def texts_of(part: Any, key: str = "") -> Iterator[tuple[str, str]]:
    """Every text within settings, each with its dotted key; places in lists count from 0.

    >>> list(texts_of({"corpora": {"mine": {"files": ["a.csv", "b.csv"], "limit": 3}}}))
    [('corpora.mine.files.0', 'a.csv'), ('corpora.mine.files.1', 'b.csv')]
    """
    if isinstance(part, BaseModel):
        part = {name: getattr(part, name) for name in type(part).model_fields}
    if isinstance(part, str):
        yield key, part
    elif isinstance(part, dict):
        for name, inner in part.items():
            yield from texts_of(inner, f"{key}.{name}" if key else str(name))
    elif isinstance(part, list | tuple):
        for place, inner in enumerate(part):
            yield from texts_of(inner, f"{key}.{place}")


def blocks_of(block: BaseModel, key: str = "") -> Iterator[tuple[str, BaseModel]]:
    """A block and all blocks within it, each with its key and a dot behind that."""
    yield key, block
    for field in type(block).model_fields:
        value = getattr(block, field)
        parts = value if isinstance(value, dict) else {None: value}
        for name, part in parts.items():
            if isinstance(part, BaseModel):
                yield from blocks_of(part, f"{key}{field}." if name is None else f"{key}{field}.{name}.")
