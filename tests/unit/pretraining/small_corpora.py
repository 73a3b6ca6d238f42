"""Settings and corpora that the tests of passages are made of."""

from __future__ import annotations

from pathlib import Path

from uncollapse.artifacts.corpora import DOCUMENTS
from uncollapse.artifacts.parquet import write_table
from uncollapse.pretraining.settings import PassageSettings

SETTINGS = PassageSettings(
    human=["news"], machine=["chat"], passage_words=5, per_document=2, test_share=0.2, validation_share=0.2, test=3,
    validation=3,
)  # fmt: skip


def write_corpus(path: Path, word: str, *, documents: int = 60, words: int = 13) -> Path:
    """Documents of numbered words, all different."""
    texts = [" ".join(f"{word}{number}x{place}" for place in range(words)) for number in range(documents)]
    empty = [""] * documents
    columns = {"document_id": list(range(documents)), "source": empty, "title": empty, "lead": empty, "text": texts}
    write_table(path, columns, DOCUMENTS)
    return path
