"""The tokenizer of a pretraining experiment; passages, and instructions with their answers, as token ids."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from tokenizers import Tokenizer
from transformers import PreTrainedTokenizerFast

from uncollapse.artifacts.corpora import DOCUMENTS
from uncollapse.artifacts.parquet import read_row_groups
from uncollapse.artifacts.passages import PASSAGES
from uncollapse.corpora.splits import split_of
from uncollapse.errors import ArtifactError
from uncollapse.language.byte_tokenizer import byte_tokenizer, with_end_of_text
from uncollapse.language.text import encode_texts
from uncollapse.pretraining.settings import InstructionSettings

WRITERS = ("human", "machine")
SPLITS = ("train", "test")  # of instructions; they share no pair
TOO_LONG = "too long"
EMPTY = "without instruction or answer"


def learn(passages: Path, *, vocabulary_size: int, count: int) -> PreTrainedTokenizerFast:
    """Merges learned from as many human as machine-written training passages, those that come first by their hash.

    A tokenizer of human text alone would give machine-written text more tokens, and so another perplexity.
    """
    found: dict[str, list[tuple[float, str]]] = {who: [] for who in WRITERS}
    for table in read_row_groups(passages, PASSAGES):
        columns = (table.column(name).to_pylist() for name in ("written_by", "place", "text"))
        for who, place, text in zip(*columns, strict=True):
            if who in found:  # not a control, which is part of nothing else
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
        yield {name: table.column(name) for name in ("passage_id", "corpus", "written_by", "place")} | {
            "bytes": np.asarray([len(text.encode()) for text in texts], dtype=np.int64),
            "ids": pa.array(encode_texts(tokenizer, texts), type=pa.list_(pa.int32())),
        }


def encoded_anew(tokenizer: PreTrainedTokenizerFast, before: list[list[int]], texts: list[str]) -> list[list[int]]:
    """The ids of texts that were edited elsewhere; those that are what they were keep the ids ``before``.

    A text that was cut between two tokens need not be encoded as it was.
    """
    were = tokenizer.batch_decode(before, clean_up_tokenization_spaces=False)
    rows = zip(before, were, texts, encode_texts(tokenizer, texts), strict=True)
    return [old if text == was else new for old, was, text, new in rows]


def pairs_of(
    corpus: Path, tokenizer: PreTrainedTokenizerFast, settings: InstructionSettings
) -> Iterator[dict[str, list[dict[str, Any]]]]:
    """The pairs of each row group of a corpus, by split, as rows of PAIRS; those left out under the reason.

    The title of a document is its instruction. A pair is too long where instruction, answer, and the end of text before
    and behind do not fit ``settings.longest`` tokens: no answer is cut.
    """
    shares = {"test": settings.test_share, "train": 1 - settings.test_share}
    for table in read_row_groups(corpus, DOCUMENTS):
        titles, answers = (table.column(name).to_pylist() for name in ("title", "text"))
        prompts = [settings.template.format(instruction=title) for title in titles]
        ids_of_both = (encode_texts(tokenizer, texts) for texts in (prompts, answers))
        found: dict[str, list[dict[str, Any]]] = {name: [] for name in (*SPLITS, TOO_LONG, EMPTY)}
        rows = zip(table.column("document_id").to_pylist(), titles, answers, *ids_of_both, strict=True)
        for document, title, answer, prompt, ids in rows:
            fits = len(prompt) + len(ids) + 2 <= settings.longest
            reason = split_of(title, shares, seed=settings.seed) if fits else TOO_LONG
            found[reason if title and ids else EMPTY].append(
                {
                    "passage_id": document,
                    "corpus": settings.corpus,
                    "written_by": "machine",
                    "bytes": len(answer.encode()),
                    "prompt_ids": prompt,
                    "ids": ids,
                }
            )
        yield found
