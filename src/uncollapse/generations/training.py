"""Training of a generation's model, in the circumstances of its fit."""

from typing import Any

from torch import nn

from uncollapse.generations.work import Work
from uncollapse.training.checkpoint import Checkpoint
from uncollapse.training.loop import TrainingData, train
from uncollapse.training.settings import TrainingSettings


def trained(
    model: nn.Module, examples: TrainingData, settings: TrainingSettings, *, seed: int, work: Work
) -> list[dict[str, Any]]:
    """Learning curve of a model that is trained in place, as :func:`~uncollapse.training.loop.train` has it."""
    assert work.checkpoint is not None
    return train(
        model,
        examples,
        settings,
        seed=seed,
        validate=lambda _: {},
        checkpoint=Checkpoint(work.checkpoint, identity=work.identity),
        progress=work.progress,
        dtype=work.dtype,
    )
