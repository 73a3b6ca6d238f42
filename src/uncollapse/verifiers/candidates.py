"""Candidates of a group of prompts as arrays, and the stream of them a stage works through."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from uncollapse.artifacts import list_column, read_row_groups
from uncollapse.errors import ArtifactError
from uncollapse.schemas import CANDIDATES


@dataclass(frozen=True, kw_only=True)
class Candidates:
    """W candidates for each of N prompts, the most probable first.

    ``prompt_id`` (N,), ``tokens`` (N, W, T), ``log_prob`` (N, W) in nats.
    """

    prompt_id: NDArray[np.int64]
    tokens: NDArray[np.int16]
    log_prob: NDArray[np.float32]

    @property
    def width(self) -> int:
        """W."""
        return self.tokens.shape[1]


def read_candidates(paths: Path | Sequence[Path]) -> Iterator[Candidates]:
    """Candidates row group by row group; each holds whole prompts."""
    for table in read_row_groups(paths, CANDIDATES):
        yield from_table(table, str(paths))


def from_table(table: pa.Table, origin: str) -> Candidates:
    """Rows (prompt after prompt, rank after rank) as arrays."""
    rank = table.column("rank").to_numpy()
    width = int(rank.max()) + 1 if len(rank) else 1
    if len(rank) % width or (rank.reshape(-1, width) != np.arange(width)).any():
        raise ArtifactError(f"{origin}: ranks do not run from 0 to {width - 1} for every prompt; delete it and rerun")
    prompt_id = table.column("prompt_id").to_numpy().reshape(-1, width)
    if (prompt_id != prompt_id[:, :1]).any():
        raise ArtifactError(f"{origin}: candidates of different prompts are mixed; delete it and rerun")
    tokens = list_column(table, "tokens")
    return Candidates(
        prompt_id=prompt_id[:, 0],
        tokens=tokens.reshape(len(prompt_id), width, -1),
        log_prob=table.column("log_prob").to_numpy().reshape(-1, width),
    )
