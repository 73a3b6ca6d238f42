"""Texts to be edited: a corpus's passages or a data set, in its own tokens or the prior's; counts of edited tokens."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray
from transformers import PreTrainedTokenizerFast

from uncollapse.artifacts.datasets import TRAINING_TEXTS
from uncollapse.artifacts.edits import EDITS
from uncollapse.artifacts.parquet import read_row_groups, read_table
from uncollapse.artifacts.passages import PASSAGE_TOKENS, PASSAGES
from uncollapse.editing.distribution import BINS
from uncollapse.editing.documents import Documents
from uncollapse.editing.edit import score
from uncollapse.editing.edits import read_generation
from uncollapse.editing.prior import Prior
from uncollapse.errors import ArtifactError, DataError
from uncollapse.language.text import encode_texts

PART = 256  # documents of a part, as long as a killed run may have to do again
Part = tuple[Documents, NDArray[np.bool_] | None]


def texts_of_corpus(passages: Path, tokenizer: PreTrainedTokenizerFast, *, corpus: str, most: int | None) -> list[Part]:
    """The training passages of a corpus that come first by their hash, in the order of the file.

    Raises
    ------
    DataError
        Where there is none.
    """
    found: list[tuple[float, int, str]] = []
    for table in read_row_groups(passages, PASSAGES):
        columns = (table.column(name).to_pylist() for name in ("corpus", "place", "passage_id", "text"))
        found += [(place, row, text) for name, place, row, text in zip(*columns, strict=True) if name == corpus]
    if not found:
        raise DataError(f"{passages}: no training passage of {corpus}; edit another corpus")
    chosen = sorted((row, text) for _, row, text in sorted(found)[:most])
    parts = [chosen[start : start + PART] for start in range(0, len(chosen), PART)]
    return [
        (
            Documents.of_lists(
                np.asarray([row for row, _ in part]), encode_texts(tokenizer, [text for _, text in part])
            ),
            None,
        )
        for part in parts
    ]


def texts_of_dataset(path: Path, schema: pa.Schema = TRAINING_TEXTS) -> list[Part]:
    """All texts of a data set in the order of the file; of TRAINING_PAIRS all answers, each given its instruction."""
    found: list[Part] = []
    for table in read_row_groups(path, schema):
        for start in range(0, len(table), PART):
            part = table.slice(start, PART)
            prompts = part.column("prompt_ids").to_pylist() if "prompt_ids" in schema.names else None
            ids = part.column("ids").to_pylist()
            found.append((Documents.of_lists(part.column("passage_id").to_numpy(), ids, prompts), None))
    return found


def in_tokens_of(tokenizer: PreTrainedTokenizerFast, part: Part, *, own: PreTrainedTokenizerFast) -> Part:
    """The same texts, which are in tokens of the tokenizer ``own``, in those of another."""
    documents, frozen = part
    ids, prompts = (encode_texts(tokenizer, decoded(own, rows)) for rows in (documents.rows(), documents.prompts))
    return Documents.of_lists(documents.document_id, ids, prompts), frozen


def decoded(tokenizer: PreTrainedTokenizerFast, rows: Sequence[Sequence[int] | NDArray[np.int32]]) -> list[str]:
    """The text of each row of ids, as it stood."""
    return tokenizer.batch_decode([list(map(int, ids)) for ids in rows], clean_up_tokenization_spaces=False)


def generations(before: Path, first: Path | None) -> Iterator[Part]:
    """Texts that the generation before has made, with the positions eligible in the first, where these are given."""
    firsts = read_generation(first) if first is not None else None
    for generation in read_generation(before):
        yield generation.documents, None if firsts is None else next(firsts).eligible


def threshold_at(share: float, held_out: Path, prior: Prior, *, direction: str) -> float:
    """The threshold that lets this share of the tokens of held-out human passages (PASSAGE_TOKENS) be edited."""
    table = read_table(held_out, PASSAGE_TOKENS)
    table = table.filter(pc.equal(table.column("written_by"), "human"))
    ids = table.column("ids").to_pylist()
    p = score(Documents.of_lists(table.column("passage_id").to_numpy(), ids), prior).astype(np.float64)
    return float(np.quantile(p, 1 - share if direction == ">=" else share))


def changed_tokens(edits: Path) -> Callable[[Documents], NDArray[np.int64]]:
    """Function from documents to how many tokens (D,) of each an edit has changed, for controls that edit as many.

    Raises
    ------
    ArtifactError
        From that function, where the edits are of other texts.
    """
    found: dict[int, int] = {}
    for table in read_row_groups(edits, EDITS):
        found |= zip(table.column("document_id").to_pylist(), table.column("changed_tokens").to_pylist(), strict=True)

    def of(documents: Documents) -> NDArray[np.int64]:
        numbers = [found.get(document, -1) for document in documents.document_id.tolist()]
        if min(numbers, default=0) < 0:
            raise ArtifactError(f"{edits}: edits of other texts than these; delete it and rerun")
        return np.asarray(numbers, dtype=np.int64)

    return of


def count_rows(edits: Path, *, threshold: float) -> Iterator[dict[str, Any]]:
    """Row groups of EDIT_COUNTS of an edited corpus."""
    for table in read_row_groups(edits, EDITS):
        p = table.column("p").combine_chunks()
        lengths = p.value_lengths().to_numpy().astype(np.int64)
        owner, exact = np.repeat(np.arange(len(table)), lengths), p.flatten().to_numpy().astype(np.float64)
        bins = np.minimum((exact * BINS).astype(np.int64), BINS - 1)
        yield {
            "document_id": table.column("document_id"),
            "threshold": np.full(len(table), threshold),
            "tokens": lengths,
            "above": np.bincount(owner, exact >= threshold, minlength=len(table)).astype(np.int64),
            "eligible": table.column("eligible_tokens").to_numpy().astype(np.int64),
            "changed": table.column("changed_tokens").to_numpy().astype(np.int64),
            "new_tokens": table.column("new_ids").combine_chunks().value_lengths().to_numpy().astype(np.int64),
            "probabilities": np.bincount(owner * BINS + bins, minlength=len(table) * BINS).reshape(-1, BINS),
        }
