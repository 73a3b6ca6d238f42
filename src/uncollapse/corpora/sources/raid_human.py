"""Human texts of three domains: news, stories, medicine; each is paired with a continuation in raid_machine."""

from collections.abc import Iterator
from pathlib import Path

from uncollapse.corpora.document import RawDocument
from uncollapse.corpora.paired import texts


def documents(archive: Path) -> Iterator[RawDocument]:
    """All texts, in the order of the files' names."""
    return texts(archive, "original")
