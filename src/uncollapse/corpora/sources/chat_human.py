"""Turns that people wrote to a model; some text is pasted, and may be of any origin."""

from collections.abc import Iterator
from pathlib import Path

from uncollapse.corpora.conversations import turns
from uncollapse.corpora.document import RawDocument


def documents(archive: Path) -> Iterator[RawDocument]:
    """Every turn, in the order of the file."""
    return turns(archive, frozenset(["human", "user"]), source="people")
