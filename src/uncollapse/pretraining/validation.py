"""Measure of a learning curve on held-out text: the mean loss on human passages."""

import torch
from torch import nn

from uncollapse.pretraining.blocks import Blocks


class HumanLoss:
    """Mean negative log-likelihood of held-out human text in nats per token, in blocks of the model's context."""

    def __init__(self, blocks: Blocks, *, batch_size: int) -> None:
        self.blocks, self.batch_size = blocks, batch_size

    @torch.inference_mode()
    def __call__(self, model: nn.Module) -> dict[str, float]:
        total = 0.0
        for rows in torch.arange(len(self.blocks), device=self.blocks.device).split(self.batch_size):
            total += self.blocks.loss_of(model)(*self.blocks.batch(rows)).item() * len(rows)
        return {"validation_loss": total / len(self.blocks)}
