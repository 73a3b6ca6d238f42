"""Turns that a model answered."""

from collections.abc import Iterator
from pathlib import Path

from uncollapse.corpora.conversations import turns
from uncollapse.corpora.document import RawDocument

SPEAKERS = frozenset(["gpt", "chatgpt", "bing", "bard"])


def documents(archive: Path) -> Iterator[RawDocument]:
    """Every turn, in the order of the file."""
    return turns(archive, SPEAKERS, source="ChatGPT")
