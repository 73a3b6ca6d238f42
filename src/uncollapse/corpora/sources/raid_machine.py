"""Continuations of human texts by GPT-3.5 and GPT-4; each is paired with a text in raid_human."""

from collections.abc import Iterator
from pathlib import Path

from uncollapse.corpora.document import RawDocument
from uncollapse.corpora.paired import texts


def documents(archive: Path) -> Iterator[RawDocument]:
    """All texts, in the order of the files' names."""
    return texts(archive, "sampled")
