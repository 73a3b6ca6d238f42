"""Molecules for the training loop, with noise that hangs on the number of the batch alone."""

from collections.abc import Callable

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from uncollapse.compute.transfer import to_device
from uncollapse.molecules.diffusion import Diffusion, normal
from uncollapse.molecules.padded import Padded
from uncollapse.randomness.hashing import hash_rows


def keyed(*keys: int) -> torch.Generator:
    """A generator of draws that belong to these numbers, on whatever device they are used."""
    seed = int(hash_rows(np.array([keys], dtype=np.int64))[0] >> np.uint64(1))
    return torch.Generator().manual_seed(seed)


class Molecules:
    """Molecules on the device that trains; :class:`uncollapse.training.loop.TrainingData`.

    Parameters
    ----------
    model : counts the batches that it has drawn noise for.
    weights : (N,) how much each molecule counts; None where all count alike.
    seed : of the noise.
    """

    def __init__(self, molecules: Padded, model: Diffusion, *, weights: NDArray | None, seed: int) -> None:
        self.model, self.seed = model, seed
        self.device = model.signal.device
        clean, present = model.atoms(molecules)
        self.clean, self.present = clean.to(self.device), present.to(self.device)
        counted = np.ones(len(clean)) if weights is None else weights
        self.weights = torch.from_numpy(counted.astype(np.float32)).to(self.device)

    def __len__(self) -> int:
        return len(self.clean)

    def batch(self, rows: Tensor) -> tuple[Tensor, ...]:
        """Molecules, atoms that are present, weights, steps of noise (spread evenly over a batch), noise."""
        generator = keyed(self.seed, self.model.drawn)
        self.model.drawn += 1
        number = len(rows)
        within = torch.rand(number, generator=generator)
        places = (torch.arange(number) + within) * (self.model.noise.steps / number)
        times = to_device(places.long().clamp(max=self.model.noise.steps - 1), self.device)
        present = self.present[rows]
        clean = self.clean[rows]
        return clean, present, self.weights[rows], times, normal(tuple(clean.shape), present, generator)

    def loss_of(self, model: Diffusion) -> Callable[..., Tensor]:
        """The model's own."""
        return model.loss
