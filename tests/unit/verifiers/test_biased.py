"""A verifier that is strict where a prompt is hard."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from uncollapse.artifacts.parquet import read_table
from uncollapse.artifacts.prompts import prompts as prompt_schema
from uncollapse.candidates.sequences import Candidates
from uncollapse.errors import DataError
from uncollapse.tasks import eigenvalues
from uncollapse.verifiers.sequences import biased, tolerance

PROMPTS, WIDTH = 400, 3
TASK = eigenvalues.Settings()
SETTINGS = biased.Settings(tolerance=0.05, feature="sum of |eigenvalues|", easy=15.0, strength=2.0)


@pytest.fixture
def judged(write_prompts: Callable[..., Path]) -> tuple[Candidates, object]:
    """Answers a few percent off."""
    prompts = read_table(write_prompts([PROMPTS]), prompt_schema(eigenvalues.PROMPT_COLUMNS))
    truth = np.array(prompts.column("eigenvalues").to_pylist())
    noise = np.random.default_rng(0).normal(1.0, 0.03, (PROMPTS, WIDTH, 2))
    tokens = eigenvalues.number_encoding.encode(truth[:, None] * noise)
    log_prob = np.zeros((PROMPTS, WIDTH), dtype=np.float32)
    return Candidates(prompt_id=np.arange(PROMPTS), tokens=tokens, log_prob=log_prob), prompts


def test_it_accepts_part_of_what_the_oracle_does_and_the_easier_part(judged: tuple[Candidates, object]) -> None:
    candidates, prompts = judged
    arguments = {"task": eigenvalues, "task_settings": TASK}
    scores, accepted = biased.score(candidates, prompts, settings=SETTINGS, **arguments)
    oracle = tolerance.Settings(tolerance=SETTINGS.tolerance)
    oracle_scores, right = tolerance.score(candidates, prompts, settings=oracle, **arguments)
    np.testing.assert_array_equal(scores, oracle_scores)
    assert (accepted <= right).all()
    assert 0.1 < accepted.sum() / right.sum() < 0.9
    easiness = eigenvalues.features(prompts, TASK)["sum of |eigenvalues|"]
    np.testing.assert_array_equal(accepted[easiness >= 15], right[easiness >= 15])
    share = accepted.sum(1) / np.maximum(right.sum(1), 1)
    assert share[easiness < 7].mean() < 0.5 * share[(easiness > 10) & (easiness < 15)].mean()


def test_the_tolerance_shrinks_as_a_power_of_the_feature(judged: tuple[Candidates, object]) -> None:
    candidates, prompts = judged
    arguments = {"task": eigenvalues, "task_settings": TASK}
    _, accepted = biased.score(candidates, prompts, settings=SETTINGS, **arguments)
    error = eigenvalues.error(candidates.tokens, prompts, TASK)
    easiness = eigenvalues.features(prompts, TASK)["sum of |eigenvalues|"]
    np.testing.assert_array_equal(accepted, error < 0.05 * np.minimum(easiness / 15, 1)[:, None] ** 2)


def test_an_unknown_feature_is_named_with_those_there_are(judged: tuple[Candidates, object]) -> None:
    candidates, prompts = judged
    settings = SETTINGS.model_copy(update={"feature": "colour"})
    with pytest.raises(DataError, match=r"no feature 'colour'; name one of 'sum of \|eigenvalues\|'"):
        biased.score(candidates, prompts, task=eigenvalues, task_settings=TASK, settings=settings)
