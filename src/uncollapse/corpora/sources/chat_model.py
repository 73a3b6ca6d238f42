"""Turns that a model answered."""

from collections.abc import Iterator
from pathlib import Path

from uncollapse.corpora.conversations import turns
from uncollapse.corpora.document import RawDocument


def documents(archive: Path) -> Iterator[RawDocument]:
    """Every turn, in the order of the file."""
    return turns(archive, frozenset(["gpt", "chatgpt", "bing", "bard"]), source="ChatGPT")
