"""Candidates of whole prompts as arrays, or an error where rows are out of place."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from uncollapse.artifacts.candidates import CANDIDATES
from uncollapse.artifacts.parquet import ParquetWriter, write_table
from uncollapse.candidates.sequences import read_candidates
from uncollapse.errors import ArtifactError

TOKENS = np.arange(24).reshape(4, 2, 3)
LOG_PROB = -np.arange(8.0).reshape(4, 2)


def test_row_groups_come_as_arrays(write_candidates: Callable[..., Path]) -> None:
    path = write_candidates(TOKENS, LOG_PROB, first=5, groups=[3, 1])
    first, second = read_candidates(path)
    assert (first.width, second.width) == (2, 2)
    assert first.prompt_id.tolist() == [5, 6, 7]
    assert second.prompt_id.tolist() == [8]
    assert np.concatenate([first.tokens, second.tokens]).tolist() == TOKENS.tolist()
    assert np.concatenate([first.log_prob, second.log_prob]).tolist() == LOG_PROB.tolist()


def test_shards_follow_each_other(write_candidates: Callable[..., Path]) -> None:
    paths = [
        write_candidates(TOKENS[:1], LOG_PROB[:1], name="c.1of2.parquet"),
        write_candidates(TOKENS[1:], LOG_PROB[1:], first=1, name="c.2of2.parquet"),
    ]
    assert [group.prompt_id.tolist() for group in read_candidates(paths)] == [[0], [1, 2, 3]]


@pytest.mark.parametrize(
    ("prompt_id", "rank", "word"),
    [
        ([0, 0, 1, 1], [0, 1, 1, 0], "ranks"),
        ([0, 0, 1], [0, 1, 0], "ranks"),
        ([0, 0, 1, 1], [0, 2, 0, 2], "ranks"),
        ([0, 1, 0, 1], [0, 1, 0, 1], "mixed"),
    ],
)
def test_rows_out_of_place(tmp_path: Path, prompt_id: list[int], rank: list[int], word: str) -> None:
    path = tmp_path / "c.parquet"
    columns = {
        "prompt_id": np.array(prompt_id),
        "rank": np.array(rank, dtype=np.int16),
        "tokens": np.zeros((len(rank), 3), dtype=np.int16),
        "log_prob": np.zeros(len(rank), dtype=np.float32),
    }
    write_table(path, columns, CANDIDATES)
    with pytest.raises(ArtifactError) as caught:
        list(read_candidates(path))
    assert str(path) in str(caught.value)
    assert word in str(caught.value)


def test_a_shard_without_prompts_has_no_groups(tmp_path: Path) -> None:
    path = tmp_path / "c.parquet"
    with ParquetWriter(path, CANDIDATES):
        pass
    assert list(read_candidates(path)) == []
