"""The tokenizer of a pretraining experiment, and passages as token ids."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from tokenizers import Tokenizer
from transformers import PreTrainedTokenizerFast

from uncollapse.artifacts.parquet import read_row_groups
from uncollapse.artifacts.passages import PASSAGES
from uncollapse.errors import ArtifactError
from uncollapse.language.byte_tokenizer import byte_tokenizer, with_end_of_text

WRITERS = ("human", "machine")


def learn(passages: Path, *, vocabulary_size: int, count: int) -> PreTrainedTokenizerFast:
    """Merges learned from as many human as machine-written training passages, those that come first by their hash.

    A tokenizer of human text alone would give machine-written text more tokens, and so another perplexity.
    """
    found: dict[str, list[tuple[float, str]]] = {who: [] for who in WRITERS}
    for table in read_row_groups(passages, PASSAGES):
        columns = (table.column(name).to_pylist() for name in ("written_by", "place", "text"))
        for who, place, text in zip(*columns, strict=True):
            found[who].append((place, text))
        if len(found["human"]) + len(found["machine"]) > 8 * count:
            found = {who: sorted(rows)[: count // 2] for who, rows in found.items()}
    texts = [text for who in WRITERS for _, text in sorted(found[who])[: count // 2]]
    return byte_tokenizer(texts, vocabulary_size=vocabulary_size)


def read_tokenizer(path: Path) -> PreTrainedTokenizerFast:
    """Tokenizer from the text that the tokenizers library writes.

    Raises
    ------
    ArtifactError
        Where it is none.
    """
    try:  # the library raises bare Exception for a text that it cannot read
        tokenizer = Tokenizer.from_str(path.read_text(encoding="utf-8"))
    except Exception as error:
        raise ArtifactError(f"{path}: no tokenizer ({error}); delete it and rerun") from error
    return with_end_of_text(tokenizer)


def encoded(passages: Path, tokenizer: PreTrainedTokenizerFast) -> Iterator[dict[str, Any]]:
    """Row groups of passages as columns of PASSAGE_TOKENS."""
    for table in read_row_groups(passages, PASSAGES):
        texts = table.column("text").to_pylist()
        ids = [row.ids for row in tokenizer.backend_tokenizer.encode_batch(texts, add_special_tokens=False)]
        yield {name: table.column(name) for name in ("passage_id", "corpus", "written_by", "place")} | {
            "bytes": np.asarray([len(text.encode()) for text in texts], dtype=np.int64),
            "ids": pa.array(ids, type=pa.list_(pa.int32())),
        }
