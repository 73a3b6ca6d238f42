"""Accuracy of the first and of the best candidate."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from uncollapse.artifacts.evaluations import EVALUATION, OUTCOMES
from uncollapse.artifacts.parquet import list_column, read_table, write_table
from uncollapse.artifacts.prompts import prompts as prompt_schema
from uncollapse.metrics.accuracy import Accuracies, outcomes
from uncollapse.tasks import eigenvalues, number_encoding

TASK = eigenvalues.Settings(matrix_size=1)


def test_errors_of_the_first_and_of_the_best_candidate_per_prompt(
    tmp_path: Path, write_prompts: Callable[..., Path], write_candidates: Callable[..., Path]
) -> None:
    prompts = write_prompts([3, 4], matrix_size=1)
    truth = list_column(read_table(prompts, prompt_schema(eigenvalues.PROMPT_COLUMNS)), "eigenvalues")[:5]
    relative = np.array([[0.5, 0.1], [0.0, 0.3], [0.2, 0.2], [2.0, 1.0], [0.1, 0.0]])
    tokens = number_encoding.encode((truth * (1 + relative))[..., None])
    shards = [
        write_candidates(tokens[:2], np.zeros((2, 2)), name="c1.parquet"),
        write_candidates(tokens[2:], np.zeros((3, 2)), first=2, groups=[1, 2], name="c2.parquet"),
    ]
    groups = list(outcomes(prompts, shards, eigenvalues, TASK))
    assert [len(group["prompt_id"]) for group in groups] == [2, 1, 2]
    found = {name: np.concatenate([group[name] for group in groups]) for name in groups[0]}
    assert found["prompt_id"].tolist() == [0, 1, 2, 3, 4]
    np.testing.assert_allclose(found["first_error"], relative[:, 0], atol=0.016)
    np.testing.assert_allclose(found["best_error"], relative.min(1), atol=0.016)
    write_table(tmp_path / "outcomes.parquet", found, OUTCOMES)


def test_shares_of_prompts_below_each_tolerance(tmp_path: Path) -> None:
    found = {
        "prompt_id": np.arange(4),
        "first_error": np.array([0.3, 0.02, 0.04, 0.01]),
        "best_error": np.array([0.03, 0.02, 0.001, 0.01]),
    }
    accuracies = Accuracies([0.05, 0.02], beams=5)
    for group in (slice(0, 3), slice(3, 4)):
        accuracies.add({name: values[group] for name, values in found.items()})
    rows = accuracies.rows()
    write_table(tmp_path / "evaluation.parquet", rows, EVALUATION)
    assert rows["selection"] == ["verify_all", "verify_all", "verify_best", "verify_best"]
    assert rows["tolerance"] == [0.05, 0.02, 0.05, 0.02]
    assert rows["correct"] == [4, 2, 3, 1]  # an error equal to the tolerance is too large
    assert rows["accuracy"] == pytest.approx([1.0, 0.5, 0.75, 0.25])
    assert rows["prompts"] == [4] * 4
    assert rows["beams"] == [5] * 4
