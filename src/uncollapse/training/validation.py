"""Measure a model during training, on prompts of the validation split; the test split is left for evaluation."""

from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import torch

from uncollapse.artifacts.parquet import read_table
from uncollapse.artifacts.prompts import prompts as prompt_schema
from uncollapse.decoding.label import label
from uncollapse.errors import ArtifactError
from uncollapse.models.encoder_decoder import EncoderDecoder


class Validation:
    """A function of a model: its ``validation_loss`` (nats per token) and ``validation_accuracy`` (a fraction)."""

    def __init__(
        self, path: Path, task: ModuleType, task_settings: Any, *, tolerance: float, device: torch.device
    ) -> None:
        self.table = read_table(path, prompt_schema(task.PROMPT_COLUMNS))
        if not len(self.table):
            raise ArtifactError(f"{path}: no prompts to validate on; delete it and rerun sampling")
        self.task, self.task_settings, self.tolerance = task, task_settings, tolerance
        self.prompts = torch.from_numpy(task.prompt_tokens(self.table, task_settings).astype(np.int64)).to(device)
        self.answers = torch.from_numpy(task.answer_tokens(self.table, task_settings).astype(np.int64)).to(device)

    @torch.inference_mode()
    def __call__(self, model: EncoderDecoder) -> dict[str, float]:
        """Loss on the true answers, and the share of greedy answers within the tolerance."""
        total = 0.0
        for prompts, answers in zip(self.prompts.split(1024), self.answers.split(1024), strict=True):
            total += float(model.loss(prompts, answers)) * len(prompts)
        tokens = torch.cat([found for found, _ in label(model, self.prompts, beams=1)]).numpy()
        error = self.task.error(tokens, self.table, self.task_settings)
        return {
            "validation_loss": total / len(self.prompts),
            "validation_accuracy": float((error[:, 0] < self.tolerance).mean()),
        }
