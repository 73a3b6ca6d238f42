"""How long a run is."""

from __future__ import annotations

import pytest
import torch
from pydantic import ValidationError

from uncollapse.training.batches import ShuffledBatches
from uncollapse.training.settings import TrainingSettings


def test_steps_are_taken_as_given() -> None:
    assert TrainingSettings(steps=7, batch_size=4).total_steps(1000) == 7


@pytest.mark.parametrize(("rows", "batch_size", "steps"), [(100, 10, 30), (109, 10, 30), (7, 10, 3), (10, 10, 3)])
def test_an_epoch_is_its_whole_batches(rows: int, batch_size: int, steps: int) -> None:
    settings = TrainingSettings(epochs=3, batch_size=batch_size)
    assert settings.total_steps(rows) == steps
    assert 3 * ShuffledBatches(rows, batch_size, seed=0, device=torch.device("cpu")).steps_per_epoch == steps


@pytest.mark.parametrize("length", [{}, {"steps": 1, "epochs": 1}])
def test_a_run_has_exactly_one_length(length: dict[str, int]) -> None:
    with pytest.raises(ValidationError, match="exactly one of steps and epochs"):
        TrainingSettings(**length)


@pytest.mark.parametrize(
    "settings",
    [
        {"batch_size": 0},
        {"steps": 0},
        {"optimizer": {"learning_rate": 0}},
        {"optimizer": {"learning_rate": float("nan")}},
        {"optimizer": {"beta2": 1.0}},
        {"optimizer": {"name": "sgd"}},
        {"optimizer": {"clip_norm": 0}},
        {"schedule": {"decay_share": 1.1}},
        {"schedule": {"warmup_steps": -1}},
        {"log_every": 0},
        {"learning_rate": 0.1},
    ],
)
def test_impossible_values_are_refused(settings: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        TrainingSettings(**{"steps": 1, **settings})
