"""Text data sets: which prompts a share keeps, and what their rows hold."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from uncollapse.artifacts.candidates import TEXT_CANDIDATES
from uncollapse.artifacts.datasets import TEXT_DATASET
from uncollapse.artifacts.parquet import ParquetWriter, read_table, row_account, write_table
from uncollapse.artifacts.prompts import TEXT_PROMPTS
from uncollapse.errors import ArtifactError, DataError
from uncollapse.selection.select_text import select_texts
from uncollapse.selection.shares import random_share, top_share
from uncollapse.selection.text_settings import TextDatasetSettings

SCORES = [0.1, 0.9, 0.5, 0.5, 0.7, 0.5, 0.0, 0.3]


@given(st.lists(st.sampled_from([0.0, 0.5, 1.0, -3.0]), min_size=4, max_size=30), st.floats(0.2, 1.0))
def test_what_is_kept_scores_no_less_than_what_is_dropped(scores: list[float], share: float) -> None:
    values = np.array(scores)
    kept = top_share(values, share)
    assert kept.sum() == round(share * len(scores))
    if 0 < kept.sum() < len(scores):
        assert values[kept].min() >= values[~kept].max()
        tied = values == values[kept].min()
        order = kept[tied]
        assert not (np.diff(order.astype(int)) > 0).any(), "among equals the earlier prompts are kept"


def test_a_larger_random_share_holds_the_smaller_one() -> None:
    small, large = (random_share(200, share, seed=3) for share in (0.125, 0.5))
    assert (small.sum(), large.sum()) == (25, 100)
    assert not (small & ~large).any()
    assert (random_share(200, 0.5, seed=4) != large).any()


def test_a_share_of_nothing_is_an_error() -> None:
    with pytest.raises(DataError, match=r"share of 0\.01"):
        top_share(np.zeros(8), 0.01)


@pytest.mark.parametrize(
    "keys",
    [
        {"select": "top", "decoding": "greedy"},
        {"select": "top", "verifier": "oracle"},
        {"select": "random", "decoding": "greedy", "verifier": "oracle"},
        {"select": "labels", "decoding": "greedy"},
        {"select": "all", "decoding": "greedy", "share": 0.5},
        {"select": "top", "decoding": "greedy", "verifier": "oracle", "split": "train"},
        {"select": "random", "decoding": "greedy", "share": 0.0},
    ],
)
def test_impossible_settings_are_refused(keys: dict) -> None:
    with pytest.raises(ValidationError):
        TextDatasetSettings(**keys)


@pytest.fixture
def selected(tmp_path: Path, write_scores: Callable[..., Path]) -> Callable[..., list[dict]]:
    """Rows that a data set keeps of eight prompts whose candidates are 'text 0' and so on, two row groups."""
    prompts, candidates = tmp_path / "prompts.parquet", tmp_path / "candidates.parquet"
    ids = list(range(8))
    columns = {"prompt_id": ids, "document_id": [10 * i for i in ids], "prompt": [f"prompt {i}" for i in ids]}
    write_table(prompts, {**columns, "answer": [f"truth {i}" for i in ids]}, TEXT_PROMPTS)
    with ParquetWriter(candidates, TEXT_CANDIDATES) as writer:
        for part in (ids[:5], ids[5:]):
            rows = {"prompt_id": part, "rank": [0] * len(part), "text": [f"text {i}" for i in part]}
            writer.write(
                {**rows, "tokens": [[i] for i in part], "log_prob": [-1.0] * len(part), "finished": [True] * len(part)}
            )
    scores = write_scores(np.array(SCORES)[:, None], None, groups=[5, 3])

    def select(*, paths: list[Path] | None = None, **keys: object) -> list[dict]:
        target = tmp_path / "dataset.parquet"
        settings = TextDatasetSettings(**keys)  # type: ignore[arg-type]
        with ParquetWriter(target, TEXT_DATASET) as writer:
            select_texts(writer, prompts, [candidates] if paths is None else paths, [scores], settings)
        return read_table(target, TEXT_DATASET).to_pylist()

    return select


def test_the_highest_scoring_share(selected: Callable[..., list[dict]], tmp_path: Path) -> None:
    rows = selected(select="top", decoding="greedy", verifier="oracle", share=0.5)
    assert [row["prompt_id"] for row in rows] == [1, 2, 3, 4]
    assert rows[0] == {"split": "synthesize", "prompt_id": 1, "rank": 0, "prompt": "prompt 1", "answer": "text 1"}
    account = row_account(tmp_path / "dataset.parquet")
    assert account == {"rows_in": 8, "kept": 4, "dropped": {"outside the highest-scoring share": 4}}


def test_all_random_and_labels(selected: Callable[..., list[dict]]) -> None:
    assert [row["answer"] for row in selected(select="all", decoding="greedy")] == [f"text {i}" for i in range(8)]
    drawn = selected(select="random", decoding="greedy", share=0.25)
    assert len(drawn) == 2
    assert all(row["answer"] == f"text {row['prompt_id']}" for row in drawn)
    labels = selected(select="labels", share=0.25)
    assert len(labels) == 2
    assert all((row["answer"], row["rank"]) == (f"truth {row['prompt_id']}", -1) for row in labels)


def test_missing_candidates_are_an_error(selected: Callable[..., list[dict]], tmp_path: Path) -> None:
    few = tmp_path / "few.parquet"
    rows = {"prompt_id": [0, 1], "rank": [0, 0], "text": ["a", "b"], "tokens": [[1], [2]], "log_prob": [-1.0, -1.0]}
    write_table(few, {**rows, "finished": [True, True]}, TEXT_CANDIDATES)
    with pytest.raises(ArtifactError, match="answers to 2 of 8 prompts"):
        selected(select="all", decoding="greedy", paths=[few])
