"""Passages of one length of a corpus, whose documents are cut into them."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from uncollapse.artifacts.corpora import DOCUMENTS
from uncollapse.artifacts.parquet import read_row_groups
from uncollapse.generations.rows import TEXTS as ROWS
from uncollapse.settings.references import Refers
from uncollapse.settings.values import Name, Strict

__all__ = ["ROWS", "Settings", "read", "size"]
_PART = 4096


class Settings(Strict):
    """A corpus, and how it is cut."""

    name: Literal["texts"]
    corpus: Annotated[Name, Refers("corpora")] = Field(description="one of corpora")
    words: int = Field(default=40, ge=1, description="of a passage, exactly")
    per_document: int | None = Field(default=4, ge=1, description="passages of one document at most; null: all")


def size(settings: Settings, inputs: Mapping[str, Sequence[Path]]) -> int:
    """How many passages the corpus has."""
    return sum(1 for _ in _passages(settings, inputs))


def read(
    settings: Settings, inputs: Mapping[str, Sequence[Path]], *, numbers: NDArray[np.int64], seed: int
) -> Iterator[dict[str, Any]]:
    """Passages of these numbers, in the corpus's order."""
    wanted, found = set(numbers.tolist()), []
    for number, text in enumerate(_passages(settings, inputs)):
        if number in wanted:
            found.append(text)
            if len(found) == _PART:
                yield {"text": found}
                found = []
    if found:
        yield {"text": found}


def _passages(settings: Settings, inputs: Mapping[str, Sequence[Path]]) -> Iterator[str]:
    from uncollapse.pretraining.passages import cut

    for table in read_row_groups(list(inputs["corpus"]), DOCUMENTS):
        for text in table.column("text").to_pylist():
            yield from cut(text, words=settings.words, most=settings.per_document)
