"""Edited corpora as Parquet files: written part by part, read as a stream."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from transformers import PreTrainedTokenizerFast

from uncollapse.artifacts.edits import EDITS
from uncollapse.artifacts.parquet import arrays_of, as_table, read_row_groups
from uncollapse.editing.documents import Documents
from uncollapse.editing.edit import Edited


def as_edits(edited: Edited, tokenizer: PreTrainedTokenizerFast) -> pa.Table:
    """One part of a corpus as a table of :data:`EDITS`."""
    before, after = edited.documents, edited.new
    rows = [row.tolist() for row in after.rows()]
    text = tokenizer.batch_decode(rows, clean_up_tokenization_spaces=False) if rows else []
    prompts = Documents.of_lists(before.document_id, before.prompts)
    columns = {
        "document_id": before.document_id,
        "prompt_ids": _lists(prompts.tokens, prompts.offsets),
        "ids": _lists(before.tokens, before.offsets),
        "p": _lists(edited.p, before.offsets),
        "eligible": _lists(edited.eligible, before.offsets),
        "changed": _lists(edited.changed, before.offsets),
        "new_ids": _lists(after.tokens, after.offsets),
        "eligible_tokens": np.bincount(before.owner, edited.eligible, minlength=len(before)).astype(np.int32),
        "changed_tokens": np.bincount(before.owner, edited.changed, minlength=len(before)).astype(np.int32),
        "text": text,
    }
    return as_table(columns, EDITS)


def with_untouched_texts(table: pa.Table, texts: Sequence[str]) -> pa.Table:
    """Rows of :data:`EDITS` in which a document without a changed token has the text that it came with.

    A tokenizer may give back another one, in lower case or without what it does not know.
    """
    changed = table["changed_tokens"].to_pylist()
    rows = zip(changed, table["text"].to_pylist(), texts, strict=True)
    kept = pa.array([edited if count else text for count, edited, text in rows], EDITS.field("text").type)
    return table.set_column(table.column_names.index("text"), EDITS.field("text"), kept)


@dataclass(frozen=True)
class Generation:
    """Start of the next generation of editing: the new texts, and which of their tokens were eligible."""

    documents: Documents
    eligible: NDArray[np.bool_]


def read_generation(paths: Path | Sequence[Path]) -> Iterator[Generation]:
    """The row groups of an edited corpus, to be edited again.

    ``eligible`` is (N,) where no token was deleted, and empty where some were: positions no longer correspond.
    """
    for table in read_row_groups(paths, EDITS):
        new, prompts = (arrays_of(table[name]) for name in ("new_ids", "prompt_ids"))
        ids = Documents.of_lists(table["document_id"].to_numpy(), new, prompts)
        flat = table["eligible"].combine_chunks().flatten().to_numpy(zero_copy_only=False)
        yield Generation(ids, flat if len(flat) == len(ids.tokens) else np.empty(0, bool))


def training_texts(paths: Path | Sequence[Path]) -> Iterator[tuple[NDArray[np.int32], NDArray[np.int32]]]:
    """(prompt_ids, new_ids) of every document, as they were edited: no text is encoded again.

    Decoding edited tokens and encoding the text merges them into other tokens, of other probabilities.
    """
    for table in read_row_groups(paths, EDITS):
        columns = (arrays_of(table[name]) for name in ("prompt_ids", "new_ids"))
        yield from zip(*columns, strict=True)


def _lists(values: NDArray[Any], offsets: NDArray[np.int64]) -> pa.Array:
    return pa.ListArray.from_arrays(pa.array(offsets.astype(np.int32)), pa.array(values))
