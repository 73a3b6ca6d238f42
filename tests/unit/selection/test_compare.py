"""What sets kept prompts apart, against numpy on all of them at once."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import scipy.stats

from uncollapse.artifacts.kept import KEPT
from uncollapse.artifacts.parquet import read_table
from uncollapse.artifacts.prompts import prompts as prompt_schema
from uncollapse.selection.compare import compare
from uncollapse.selection.sequences.random import RandomRows
from uncollapse.selection.settings import DatasetSettings
from uncollapse.tasks import eigenvalues

TASK = eigenvalues.Settings(matrix_size=2)
ROWS = 40
ACCEPTED = np.random.default_rng(0).random((ROWS, 2)) < 0.6
Compare = Callable[..., dict[str, list[Any]]]


@pytest.fixture
def prompts(write_prompts: Callable[..., Path]) -> Path:
    return write_prompts([25, 25])


@pytest.fixture
def compared(prompts: Path, write_candidates: Callable[..., Path], write_scores: Callable[..., Path]) -> Compare:
    def run(accepted: np.ndarray = ACCEPTED, **settings: Any) -> dict[str, list[Any]]:
        candidates = [write_candidates(np.zeros((ROWS, 2, 6)), np.zeros((ROWS, 2)), groups=[15, 25])]
        scores = [write_scores(np.zeros((ROWS, 2)), accepted, groups=[15, 25])] if "verifier" in settings else []
        chosen = DatasetSettings(**settings)
        return compare(prompts, candidates, scores, eigenvalues, TASK, chosen, available=ROWS)

    return run


def _features(prompts: Path) -> dict[str, np.ndarray]:
    table = read_table(prompts, prompt_schema(eigenvalues.PROMPT_COLUMNS)).slice(0, ROWS)
    return eigenvalues.features(table, TASK)


def _agrees(found: dict[str, list[Any]], features: dict[str, np.ndarray], kept: np.ndarray) -> None:
    assert found["feature"] == list(features)
    for number, values in enumerate(features.values()):
        for side, chosen in (("kept", values[kept]), ("dropped", values[~kept])):
            low, high = scipy.stats.norm.interval(0.95, chosen.mean(), scipy.stats.sem(chosen))
            parts = [found[f"{side}_{part}"][number] for part in ("mean", "low", "high")]
            assert parts == pytest.approx([chosen.mean(), low, high])


def test_means_and_intervals_of_kept_and_dropped_prompts(compared: Compare, prompts: Path) -> None:
    found = compared(select="correct", decoding="greedy", verifier="oracle")
    assert set(found) == set(KEPT.names)
    _agrees(found, _features(prompts), ACCEPTED[:, 0])


def test_the_size_plays_no_part(compared: Compare, prompts: Path) -> None:
    """A prompt beyond the size was not rejected."""
    found = compared(select="correct", decoding="greedy", verifier="oracle", size=3)
    _agrees(found, _features(prompts), ACCEPTED[:, 0])


def test_prompts_that_were_not_drawn_are_dropped(compared: Compare, prompts: Path) -> None:
    """For the random selector the size is what it is about."""
    found = compared(select="random", decoding="greedy", size=15, seed=4)
    _agrees(found, _features(prompts), RandomRows(ROWS, 15, seed=4).take(ROWS))


def test_a_side_without_prompts_is_unknown(compared: Compare, prompts: Path) -> None:
    found = compared(select="all", decoding="greedy")
    assert found["dropped_mean"] == found["dropped_low"] == found["dropped_high"] == [None] * 3
    assert found["kept_mean"] == pytest.approx([values.mean() for values in _features(prompts).values()])
