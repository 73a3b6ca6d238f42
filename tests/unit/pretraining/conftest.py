"""Two small corpora, one of them written by a model, and what the first stages make of them."""

from __future__ import annotations

from pathlib import Path

import pytest
from small_corpora import SETTINGS, write_corpus

from uncollapse.artifacts.parquet import ParquetWriter
from uncollapse.artifacts.passages import PASSAGE_TOKENS, PASSAGES
from uncollapse.pretraining.passages import SPLITS, write_passages
from uncollapse.pretraining.tokens import encoded, learn


@pytest.fixture(scope="session")
def corpora(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("corpora")
    return {name: write_corpus(folder / f"{name}.parquet", name) for name in ("news", "chat")}


@pytest.fixture(scope="session")
def passages(tmp_path_factory: pytest.TempPathFactory, corpora: dict[str, Path]) -> dict[str, Path]:
    """A file for each split."""
    folder = tmp_path_factory.mktemp("passages")
    paths = {split: folder / f"{split}.parquet" for split in SPLITS}
    writers = {split: ParquetWriter(path, PASSAGES) for split, path in paths.items()}
    write_passages(writers, corpora, SETTINGS)
    for writer in writers.values():
        writer.__exit__(None, None, None)
    return paths


@pytest.fixture(scope="session")
def tokens(tmp_path_factory: pytest.TempPathFactory, passages: dict[str, Path]) -> Path:
    """The training split as token ids."""
    path = tmp_path_factory.mktemp("tokens") / "train.parquet"
    tokenizer = learn(passages["train"], vocabulary_size=280, count=40)
    with ParquetWriter(path, PASSAGE_TOKENS) as writer:
        for columns in encoded(passages["train"], tokenizer):
            writer.write(columns)
            writer.count(rows_in=len(columns["bytes"]), kept=len(columns["bytes"]))
    return path
