"""Candidates of a group of prompts as arrays, and the stream of them a stage works through."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from uncollapse.artifacts.candidates import CANDIDATES
from uncollapse.artifacts.parquet import list_column, read_row_groups
from uncollapse.errors import ArtifactError


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
    """Candidates row group by row group; each holds whole prompts, and the prompts follow each other without a gap."""
    expected: int | None = None
    for path in [paths] if isinstance(paths, Path) else paths:
        for table in read_row_groups(path, CANDIDATES):
            group = from_table(table, str(path))
            if expected is not None and group.prompt_id[0] != expected:
                raise ArtifactError(
                    f"{path}: prompt {group.prompt_id[0]} where {expected} should follow; delete it and rerun"
                )
            expected = int(group.prompt_id[-1]) + 1
            yield group


def from_table(table: pa.Table, origin: str) -> Candidates:
    """Rows (prompt after prompt, rank after rank) as arrays."""
    prompt_id, width = prompts_and_width(table, origin)
    try:
        tokens = list_column(table, "tokens")
    except ArtifactError as error:
        raise ArtifactError(f"{origin}: {error}; delete it and rerun") from error
    return Candidates(
        prompt_id=prompt_id,
        tokens=tokens.reshape(len(prompt_id), width, -1),
        log_prob=table.column("log_prob").to_numpy().reshape(-1, width),
    )


def prompts_and_width(table: pa.Table, origin: str) -> tuple[NDArray[np.int64], int]:
    """Ids (N,) of the prompts, one after the other, and W: how many candidates, ranked from 0, each of them has.

    Raises
    ------
    ArtifactError
        Where rows are out of place: candidates or scores of whole prompts have this shape and no other.
    """
    rank = table.column("rank").to_numpy()
    width = max(int(rank.max()) + 1, 1) if len(rank) else 1
    if len(rank) % width or (rank.reshape(-1, width) != np.arange(width)).any():
        raise ArtifactError(f"{origin}: ranks do not run from 0 to {width - 1} for every prompt; delete it and rerun")
    prompt_id = table.column("prompt_id").to_numpy().reshape(-1, width)
    if (prompt_id != prompt_id[:, :1]).any():
        raise ArtifactError(f"{origin}: candidates of different prompts are mixed; delete it and rerun")
    ids = prompt_id[:, 0]
    if len(ids) and (ids[0] < 0 or not np.array_equal(ids, np.arange(ids[0], ids[0] + len(ids)))):
        raise ArtifactError(f"{origin}: prompts do not follow each other by prompt_id; delete it and rerun")
    return ids, width
