"""Candidates of a group of prompts as arrays, and the stream of them a stage works through."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from uncollapse.artifacts.candidates import CANDIDATES
from uncollapse.artifacts.parquet import list_column
from uncollapse.candidates.whole_prompts import read_prompts_in_order
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
    for group in read_prompts_in_order(paths, CANDIDATES):
        try:
            tokens = list_column(group.table, "tokens")
        except ArtifactError as error:
            raise ArtifactError(f"{group.path}: {error}; delete it and rerun") from error
        yield Candidates(
            prompt_id=group.prompt_id,
            tokens=tokens.reshape(len(group.prompt_id), group.width, -1),
            log_prob=group.column("log_prob"),
        )
