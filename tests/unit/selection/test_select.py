"""From candidate and score files to data sets, every prompt accounted for, with all five selectors."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from uncollapse.artifacts.datasets import DATASET
from uncollapse.artifacts.parquet import ParquetWriter, list_column, read_table, row_account
from uncollapse.artifacts.prompts import prompts as prompt_schema
from uncollapse.selection.select import TRUE_LABEL, select_labels, select_synthesized
from uncollapse.selection.sequences.random import RandomRows
from uncollapse.selection.settings import DatasetSettings
from uncollapse.tasks import eigenvalues, number_encoding

TASK = eigenvalues.Settings(matrix_size=2)
# seven prompts in files of 4 and 3 prompts, three candidates each; every number tells its prompt and rank
ANSWERS = np.array([[[100 + 10 * prompt + rank] * 2 for rank in range(3)] for prompt in range(7)], dtype=float)
TOKENS = number_encoding.encode(ANSWERS)
LOG_PROB = np.tile([-1.0, -2.0, -3.0], (7, 1))
ACCEPTED = np.array([[1, 0, 0], [0, 1, 1], [1, 1, 1], [0, 0, 0], [1, 0, 1], [0, 0, 1], [1, 0, 0]], dtype=bool)
SCORES = np.array([[3, 1, 2], [1, 3, 2], [1, 1, 1], [0, 0, 1], [1, 2, 3], [1, 2, 2], [2, 1, 0]], dtype=float)


@pytest.fixture
def prompts(write_prompts: Callable[..., Path]) -> Path:
    """More prompts than are labelled, in row groups unlike the candidates'."""
    return write_prompts([3, 5, 2])


@pytest.fixture
def select(
    tmp_path: Path, prompts: Path, write_candidates: Callable[..., Path], write_scores: Callable[..., Path]
) -> Callable[..., tuple[pa.Table, dict[str, Any]]]:
    """Run a selector; the data set and its account."""

    def run(**settings: Any) -> tuple[pa.Table, dict[str, Any]]:
        chosen = DatasetSettings(**settings)
        path = tmp_path / "dataset.parquet"
        with ParquetWriter(path, DATASET) as writer:
            if chosen.select == "labels":
                select_labels(writer, prompts, eigenvalues, TASK, chosen)
            else:
                candidates = [
                    write_candidates(TOKENS[:4], LOG_PROB[:4], groups=[2, 2], name="c1.parquet"),
                    write_candidates(TOKENS[4:], LOG_PROB[4:], first=4, name="c2.parquet"),
                ]
                scores = [
                    write_scores(SCORES[:4], ACCEPTED[:4], groups=[2, 2], name="s1.parquet"),
                    write_scores(SCORES[4:], ACCEPTED[4:], first=4, name="s2.parquet"),
                ]
                judged = scores if chosen.verifier else []
                select_synthesized(writer, prompts, candidates, judged, eigenvalues, TASK, chosen, available=7)
        return read_table(path, DATASET), row_account(path) or {}

    return run


def _holds(table: pa.Table, prompts: Path, expected: list[tuple[int, int]]) -> None:
    """The rows are these (prompt_id, rank), with that prompt's own tokens and that candidate's answer."""
    assert list(zip(table["prompt_id"].to_pylist(), table["rank"].to_pylist(), strict=True)) == expected
    if expected:
        ids, ranks = map(list, zip(*expected, strict=True))
        source = read_table(prompts, prompt_schema(eigenvalues.PROMPT_COLUMNS)).take(ids)
        assert list_column(table, "prompt_tokens").tolist() == eigenvalues.prompt_tokens(source, TASK).tolist()
        assert list_column(table, "answer_tokens").tolist() == TOKENS[ids, ranks].tolist()
    assert set(table["split"].to_pylist()) <= {"synthesize"}


def test_all_keeps_the_most_probable_of_every_prompt(select: Callable[..., Any], prompts: Path) -> None:
    table, account = select(select="all", decoding="beam3")
    _holds(table, prompts, [(prompt, 0) for prompt in range(7)])
    assert account == {"rows_in": 7, "kept": 7, "dropped": {}}


def test_all_up_to_a_size(select: Callable[..., Any], prompts: Path) -> None:
    table, account = select(select="all", decoding="beam3", size=3)
    _holds(table, prompts, [(0, 0), (1, 0), (2, 0)])
    assert account == {"rows_in": 7, "kept": 3, "dropped": {"beyond the size": 4}}


def test_correct_drops_prompts_whose_first_answer_is_rejected(select: Callable[..., Any], prompts: Path) -> None:
    table, account = select(select="correct", decoding="beam3", verifier="oracle")
    _holds(table, prompts, [(0, 0), (2, 0), (4, 0), (6, 0)])
    assert account == {"rows_in": 7, "kept": 4, "dropped": {"rejected by the verifier": 3}}


def test_correct_up_to_a_size_tells_both_reasons(select: Callable[..., Any], prompts: Path) -> None:
    table, account = select(select="correct", decoding="beam3", verifier="oracle", size=3)
    _holds(table, prompts, [(0, 0), (2, 0), (4, 0)])
    assert account == {"rows_in": 7, "kept": 3, "dropped": {"beyond the size": 1, "rejected by the verifier": 3}}


def test_best_keeps_every_prompt_with_the_answer_of_the_highest_score(
    select: Callable[..., Any], prompts: Path
) -> None:
    table, account = select(select="best", decoding="beam3", verifier="oracle")
    _holds(table, prompts, [(0, 0), (1, 1), (2, 0), (3, 2), (4, 2), (5, 1), (6, 0)])
    assert account == {"rows_in": 7, "kept": 7, "dropped": {}}


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_random_keeps_as_many_as_the_size_from_all_shards(select: Callable[..., Any], prompts: Path, seed: int) -> None:
    table, account = select(select="random", decoding="beam3", size=4, seed=seed)
    drawn = np.flatnonzero(RandomRows(7, 4, seed=seed).take(7)).tolist()
    _holds(table, prompts, [(prompt, 0) for prompt in drawn])
    assert account == {"rows_in": 7, "kept": 4, "dropped": {"not drawn": 3}}


def test_labels_are_the_true_answers(select: Callable[..., Any], prompts: Path) -> None:
    table, account = select(select="labels", size=4, split="train")
    source = read_table(prompts, prompt_schema(eigenvalues.PROMPT_COLUMNS)).slice(0, 4)
    assert table["prompt_id"].to_pylist() == [0, 1, 2, 3]
    assert table["rank"].to_pylist() == [TRUE_LABEL] * 4
    assert set(table["split"].to_pylist()) == {"train"}
    assert list_column(table, "prompt_tokens").tolist() == eigenvalues.prompt_tokens(source, TASK).tolist()
    assert list_column(table, "answer_tokens").tolist() == eigenvalues.answer_tokens(source, TASK).tolist()
    assert account == {"rows_in": 10, "kept": 4, "dropped": {"beyond the size": 6}}


def test_labels_of_all_prompts(select: Callable[..., Any]) -> None:
    table, account = select(select="labels")
    assert len(table) == 10
    assert account == {"rows_in": 10, "kept": 10, "dropped": {}}


def test_a_selection_that_keeps_nothing_is_an_empty_table(
    tmp_path: Path, prompts: Path, write_candidates: Callable[..., Path], write_scores: Callable[..., Path]
) -> None:
    path = tmp_path / "dataset.parquet"
    settings = DatasetSettings(select="correct", decoding="beam3", verifier="oracle")
    scores = write_scores(SCORES, np.zeros_like(ACCEPTED))
    with ParquetWriter(path, DATASET) as writer:
        select_synthesized(
            writer, prompts, [write_candidates(TOKENS, LOG_PROB)], [scores], eigenvalues, TASK, settings, available=7
        )
    assert len(read_table(path, DATASET)) == 0
    assert row_account(path) == {"rows_in": 7, "kept": 0, "dropped": {"rejected by the verifier": 7}}


def test_labels_after_the_skipped_prompts(select: Callable[..., tuple[pa.Table, dict[str, Any]]]) -> None:
    """Ten prompts in groups of 3, 5 and 2: four are skipped, and three kept of what is left."""
    table, account = select(select="labels", skip=4, size=3)
    assert table["prompt_id"].to_pylist() == [4, 5, 6]
    assert account == {"rows_in": 10, "kept": 3, "dropped": {"beyond the size": 3, "skipped": 4}}
