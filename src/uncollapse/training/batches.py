"""The examples of each step, computable from the step alone, so that a killed run resumes exactly."""

import torch
from torch import Tensor


class ShuffledBatches:
    """A fresh order of ``rows`` examples for every epoch, keyed by (seed, epoch).

    ``batch(step)`` gives the row numbers (B,) of a step on ``device``. The incomplete batch at the end of an epoch is
    left out (its rows come in another epoch's order); a data set smaller than a batch is one batch.
    """

    def __init__(self, rows: int, batch_size: int, *, seed: int, device: torch.device) -> None:
        if rows < 1:
            raise ValueError("a data set needs at least one row")
        self.rows, self.seed, self.device = rows, seed, device
        self.batch_size = min(batch_size, rows)
        self.steps_per_epoch = rows // self.batch_size
        self._epoch = -1
        self._order = torch.empty(0, dtype=torch.int64)

    def batch(self, step: int) -> Tensor:
        """Row numbers of the step."""
        epoch, place = divmod(step, self.steps_per_epoch)
        if epoch != self._epoch:
            generator = torch.Generator().manual_seed(self.seed * 1_000_003 + epoch)
            self._order = torch.randperm(self.rows, generator=generator).to(self.device)
            self._epoch = epoch
        return self._order[place * self.batch_size : (place + 1) * self.batch_size]
