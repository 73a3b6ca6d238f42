"""The oracle."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from pydantic import ValidationError

from uncollapse.artifacts.parquet import read_table
from uncollapse.artifacts.prompts import prompts as prompt_schema
from uncollapse.candidates.sequences import Candidates
from uncollapse.tasks import eigenvalues, number_encoding
from uncollapse.verifiers.finding import load_verifier
from uncollapse.verifiers.sequences import tolerance

TASK = eigenvalues.Settings(matrix_size=1)


def test_it_accepts_what_lies_below_the_tolerance_and_prefers_the_closest(write_prompts: Callable[..., Path]) -> None:
    prompts = read_table(write_prompts([2], matrix_size=1), prompt_schema(eigenvalues.PROMPT_COLUMNS))
    truth = np.array(prompts.column("eigenvalues").to_pylist())  # (2, 1)
    guesses = truth[:, None] * np.array([[[1.5], [1.0], [0.9]], [[1.0], [-1.0], [1.1]]])
    candidates = Candidates(
        prompt_id=np.arange(2), tokens=number_encoding.encode(guesses), log_prob=np.zeros((2, 3), dtype=np.float32)
    )
    settings = tolerance.Settings(tolerance=0.2)
    scores, accepted = tolerance.score(candidates, prompts, task=eigenvalues, task_settings=TASK, settings=settings)
    np.testing.assert_allclose(-scores, [[0.5, 0.0, 0.1], [0.0, 2.0, 0.1]], atol=0.006)
    assert accepted.tolist() == [[False, True, True], [True, False, True]]
    assert scores.argmax(1).tolist() == [1, 0]


def test_an_error_equal_to_the_tolerance_is_too_large() -> None:
    class Task:
        @staticmethod
        def error(tokens: object, prompts: object, settings: object) -> np.ndarray:
            return np.array([[0.25, 0.5, 0.75]])

    candidates = Candidates(prompt_id=np.arange(1), tokens=np.zeros((1, 3, 1)), log_prob=np.zeros((1, 3)))
    settings = tolerance.Settings(tolerance=0.5)
    found = tolerance.score(candidates, None, task=Task, task_settings=None, settings=settings)  # type: ignore[arg-type]
    assert found[1].tolist() == [[True, False, False]]


@pytest.mark.parametrize("settings", [{}, {"tolerance": 0}, {"tolerance": -1}, {"tolerance": 1, "tau": 2}])
def test_impossible_settings_are_refused(settings: dict[str, float]) -> None:
    with pytest.raises(ValidationError):
        load_verifier("tolerance", of="sequences").Settings(**settings)
