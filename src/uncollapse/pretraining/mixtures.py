"""Data sets of human and machine-written passages at a fixed share and an equal number of tokens, and edited ones."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from uncollapse.artifacts.datasets import TRAINING_TEXTS
from uncollapse.artifacts.edits import EDITS
from uncollapse.artifacts.parquet import read_row_groups, read_table
from uncollapse.artifacts.passages import PASSAGE_TOKENS
from uncollapse.errors import ArtifactError, DataError

END = 1  # token between two passages, which counts


@dataclass(frozen=True)
class Pool:
    """All N training passages: corpus, place in its random order, and tokens with the end of text."""

    corpus: NDArray[np.str_]
    place: NDArray[np.float64]
    tokens: NDArray[np.int64]


def read_pool(paths: Path | Sequence[Path]) -> Pool:
    """The passages in files of PASSAGE_TOKENS, one after another, without their ids."""
    corpus, place, tokens = [], [], []
    for table in read_row_groups(paths, PASSAGE_TOKENS):
        corpus.append(np.asarray(table.column("corpus").to_pylist()))
        place.append(table.column("place").to_numpy())
        tokens.append(pc.list_value_length(table.column("ids")).to_numpy().astype(np.int64) + END)
    return Pool(np.concatenate(corpus), np.concatenate(place), np.concatenate(tokens))


def budgets(shares: Mapping[str, float], tokens: int) -> dict[str, int]:
    """Whole tokens of each corpus, adding up to ``tokens``.

    >>> budgets({"news": 0.5, "chat": 0.5}, 7)
    {'news': 4, 'chat': 3}
    """
    ends = np.round(np.cumsum(list(shares.values())) / sum(shares.values()) * tokens + 1e-9).astype(int)
    return dict(zip(shares, np.diff(ends, prepend=0).tolist(), strict=True))


def choose(
    pool: Pool, wanted: Mapping[str, int], *, part: int = 0, allowed: NDArray[np.bool_] | None = None
) -> NDArray[np.int64]:
    """Tokens (N,) to take of each passage: all, none, or for the last one of a corpus what is missing.

    Passages come in the order of their places; ``part`` leaves out as many times ``wanted`` tokens of each corpus, to
    the end of a passage.

    Raises
    ------
    DataError
        Where a corpus has too few tokens.
    """
    taken = np.zeros(len(pool.tokens), dtype=np.int64)
    for corpus, count in wanted.items():
        if count == 0:
            continue
        rows = np.flatnonzero((pool.corpus == corpus) if allowed is None else (pool.corpus == corpus) & allowed)
        rows = rows[np.argsort(pool.place[rows], kind="stable")]
        ends = np.cumsum(pool.tokens[rows])
        skipped = int(np.searchsorted(ends, part * count)) + 1 if part else 0
        before = int(ends[skipped - 1]) if skipped else 0
        if skipped > len(rows) or (len(rows) == 0 or ends[-1] - before < count):
            have = int(ends[-1]) - before if len(rows) else 0
            raise DataError(
                f"{corpus}: {count:,} tokens asked for, {max(have, 0):,} there; lower tokens, or raise data.train,"
                " data.per_document or the share that a selector keeps"
            )
        rows = rows[skipped:]
        starts = np.cumsum(pool.tokens[rows]) - pool.tokens[rows]
        taken[rows] = np.clip(count - starts, 0, pool.tokens[rows])
    return taken


def rows_of(paths: Path | Sequence[Path], taken: NDArray[np.int64]) -> Iterator[dict[str, object]]:
    """Row groups of TRAINING_TEXTS: the chosen passages in the order of the files, cut to what is taken of each."""
    done = 0
    for table in read_row_groups(paths, PASSAGE_TOKENS):
        mine = taken[done : done + len(table)]
        done += len(table)
        rows = np.flatnonzero(mine > END)
        if not len(rows):
            continue
        chosen = table.take(pa.array(rows))
        ids: Sequence[list[int]] = chosen.column("ids").to_pylist()
        yield {
            "passage_id": chosen.column("passage_id"),
            "corpus": chosen.column("corpus"),
            "written_by": chosen.column("written_by"),
            "ids": [row[: count - END] for row, count in zip(ids, mine[rows].tolist(), strict=True)],
        }


def edited_rows(
    edits: Path,
    dataset: Path,
    schema: pa.Schema = TRAINING_TEXTS,
    *,
    encode: Callable[[list[list[int]], list[str]], list[list[int]]] | None = None,
) -> Iterator[dict[str, Any]]:
    """Row groups of the schema with the ids as they were edited, in the rows of the ``dataset`` they were edited from.

    ``encode`` makes them from the ids before and the edited texts where these were edited in another model's tokens.

    Raises
    ------
    ArtifactError
        Where the edits are not of that data set.
    """
    before = read_table(dataset, schema)
    done = 0
    for table in read_row_groups(edits, EDITS):
        mine = before.slice(done, len(table))
        done += len(table)
        if mine.column("passage_id").to_pylist() != table.column("document_id").to_pylist():
            raise ArtifactError(f"{edits}: its documents are not the passages of {dataset}; delete it and rerun")
        ids = table.column("new_ids")
        if encode is not None:
            ids = encode(mine.column("ids").to_pylist(), table.column("text").to_pylist())
        yield {name: mine.column(name) for name in mine.column_names} | {"ids": ids}
    if done != len(before):
        raise ArtifactError(f"{edits}: {done:,} documents where {dataset} has {len(before):,}; delete it and rerun")
