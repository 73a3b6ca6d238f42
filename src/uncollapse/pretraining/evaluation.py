"""Perplexity of a model on test passages, corpus by corpus."""

import math
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from uncollapse.artifacts.datasets import PAIRS
from uncollapse.artifacts.parquet import read_table
from uncollapse.artifacts.passages import PASSAGE_TOKENS
from uncollapse.editing.documents import Documents
from uncollapse.editing.edit import log_probs
from uncollapse.editing.prior import Prior
from uncollapse.jobs.progress import Progress


def perplexity(log_prob: float, tokens: int) -> float:
    """exp(-log_prob / tokens), of nats.

    >>> round(perplexity(-2 * math.log(8), 2), 9)
    8.0
    """
    return math.exp(-log_prob / tokens)


def bits_per_byte(log_prob: float, size: int) -> float:
    """-log_prob / size in bits, which does not depend on how the text is cut into tokens.

    >>> bits_per_byte(-4 * math.log(2), 2)
    2.0
    """
    return -log_prob / size / math.log(2)


def evaluate(path: Path, prior: Prior, *, held_out: list[str], progress: Progress) -> list[dict[str, Any]]:
    """Rows of PERPLEXITIES, one per corpus in the order of the file.

    Every passage is scored whole, after an end of text, in windows that overlap by half where it is longer than the
    model's context.
    """
    table = read_table(path, PASSAGE_TOKENS)
    corpora = np.asarray(table.column("corpus").to_pylist())
    rows: list[dict[str, Any]] = []
    progress.start(total=len(table))
    for corpus in dict.fromkeys(corpora.tolist()):
        mine = table.filter(corpora == corpus)
        rows.append(_row(mine, prior, corpus=corpus, trained=corpus not in held_out))
        progress.update(sum(row["passages"] for row in rows))
    progress.finish()
    return rows


def evaluate_answers(path: Path, prior: Prior) -> dict[str, Any]:
    """A row of PERPLEXITIES for the answers of pairs, each scored given its instruction."""
    table = read_table(path, PAIRS)
    return _row(table, prior, corpus=table.column("corpus")[0].as_py(), trained=True)


def _row(table: pa.Table, prior: Prior, *, corpus: str, trained: bool) -> dict[str, Any]:
    prompts = table.column("prompt_ids").to_pylist() if "prompt_ids" in table.column_names else None
    documents = Documents.of_lists(table.column("passage_id").to_numpy(), table.column("ids").to_pylist(), prompts)
    total = float(log_probs(documents, prior).astype(np.float64).sum())
    size, tokens = int(table.column("bytes").to_numpy().sum()), len(documents.tokens)
    return {
        "corpus": corpus,
        "written_by": table.column("written_by")[0].as_py(),
        "trained": trained,
        "passages": len(table),
        "tokens": tokens,
        "bytes": size,
        "log_prob": total,
        "perplexity": perplexity(total, tokens),
        "bits_per_byte": bits_per_byte(total, size),
    }
