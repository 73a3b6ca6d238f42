"""Row groups of candidates, or of their scores: whole prompts, one after the other, each with as many ranks from 0."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from uncollapse.artifacts.parquet import read_row_groups
from uncollapse.errors import ArtifactError


class WholePrompts(NamedTuple):
    """The rows of N prompts, W to each: ``table`` (N * W rows), ``prompt_id`` (N,) and ``width`` W, from one file."""

    table: pa.Table
    prompt_id: NDArray[np.int64]
    width: int
    path: Path

    def column(self, name: str) -> NDArray:
        """A column of numbers as an array (N, W)."""
        return self.table.column(name).to_numpy().reshape(-1, self.width)


def read_whole_prompts(paths: Path | Sequence[Path], schema: pa.Schema) -> Iterator[WholePrompts]:
    """Row group by row group: prompts one after the other, of each as many candidates, ranked from 0.

    Raises
    ------
    ArtifactError
        Where rows are out of place: candidates or scores of whole prompts have this shape and no other.
    """
    for path in [paths] if isinstance(paths, Path) else paths:
        for table in read_row_groups(path, schema):
            rank = table.column("rank").to_numpy()
            width = max(int(rank.max()) + 1, 1) if len(rank) else 1
            if len(rank) % width or (rank.reshape(-1, width) != np.arange(width)).any():
                raise ArtifactError(
                    f"{path}: ranks do not run from 0 to {width - 1} for every prompt; delete it and rerun"
                )
            prompt_id = table.column("prompt_id").to_numpy().reshape(-1, width)
            if (prompt_id != prompt_id[:, :1]).any():
                raise ArtifactError(f"{path}: candidates of different prompts are mixed; delete it and rerun")
            ids = prompt_id[:, 0]
            if len(ids) and (ids[0] < 0 or not np.array_equal(ids, np.arange(ids[0], ids[0] + len(ids)))):
                raise ArtifactError(f"{path}: prompts do not follow each other by prompt_id; delete it and rerun")
            yield WholePrompts(table, ids, width, path)


def read_prompts_in_order(paths: Path | Sequence[Path], schema: pa.Schema) -> Iterator[WholePrompts]:
    """The same, where in addition the prompts of one row group follow those of the one before without a gap."""
    expected: int | None = None
    for group in read_whole_prompts(paths, schema):
        if expected is not None and group.prompt_id[0] != expected:
            raise ArtifactError(
                f"{group.path}: prompt {group.prompt_id[0]} where {expected} should follow; delete it and rerun"
            )
        expected = int(group.prompt_id[-1]) + 1
        yield group
