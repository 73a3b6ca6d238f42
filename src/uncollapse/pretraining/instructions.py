"""Instructions with their answers as token ids, in splits that share no pair."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from transformers import PreTrainedTokenizerFast

from uncollapse.artifacts.corpora import DOCUMENTS
from uncollapse.artifacts.parquet import read_row_groups
from uncollapse.corpora.splits import split_of
from uncollapse.pretraining.settings import InstructionSettings

SPLITS = ("train", "test")
TOO_LONG = "too long"
EMPTY = "without instruction or answer"


def pairs_of(
    corpus: Path, tokenizer: PreTrainedTokenizerFast, settings: InstructionSettings
) -> Iterator[dict[str, list[dict[str, Any]]]]:
    """The pairs of each row group of a corpus, by split, as rows of PAIRS; those left out under the reason.

    The title of a document is its instruction. A pair is too long where instruction, answer, and the end of text before
    and behind do not fit ``settings.longest`` tokens: no answer is cut.
    """
    shares = {"test": settings.test_share, "train": 1 - settings.test_share}

    def encode(texts: list[str]) -> list[list[int]]:
        return [row.ids for row in tokenizer.backend_tokenizer.encode_batch(texts, add_special_tokens=False)]

    for table in read_row_groups(corpus, DOCUMENTS):
        titles, answers = (table.column(name).to_pylist() for name in ("title", "text"))
        prompts = encode([settings.template.format(instruction=title) for title in titles])
        found: dict[str, list[dict[str, Any]]] = {name: [] for name in (*SPLITS, TOO_LONG, EMPTY)}
        rows = zip(table.column("document_id").to_pylist(), titles, answers, prompts, encode(answers), strict=True)
        for document, title, answer, prompt, ids in rows:
            reason = TOO_LONG if len(prompt) + len(ids) + 2 > settings.longest else split_of(title, shares)
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
