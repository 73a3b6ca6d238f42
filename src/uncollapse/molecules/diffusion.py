"""Diffusion of molecules: places and elements are noised together, and an equivariant network takes the noise away.

After Hoogeboom et al. 2022 (equivariant diffusion): an atom is its place and a one-hot vector of its element, scaled;
places and their noise have their mean at the origin. Noise schedules and the steps of sampling are those of diffusers'
DDPMScheduler (Ho et al. 2020). Shapes are spoken in letters: B molecules, N atoms of the largest, K elements; an atom
is 3 + K numbers.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from uncollapse.compute.transfer import to_device
from uncollapse.molecules.network import EquivariantNetwork, centred
from uncollapse.molecules.padded import Padded
from uncollapse.molecules.settings import NetworkSettings, NoiseSettings


def scheduler_of(settings: NoiseSettings) -> Any:
    """diffusers' scheduler of a noise schedule, with all its steps."""
    from diffusers.schedulers.scheduling_ddpm import DDPMScheduler

    return DDPMScheduler(
        num_train_timesteps=settings.steps,
        beta_schedule=settings.schedule,
        prediction_type=settings.prediction,
        clip_sample=False,
        timestep_spacing="trailing",
    )


@dataclass(frozen=True)
class Scales:
    """Units of the numbers that are noised.

    elements : atomic numbers that there are, K.
    length : Å to a unit of places.
    """

    elements: Sequence[int]
    length: float


class Diffusion(nn.Module):
    """The network with its noise schedule.

    ``drawn`` counts batches that noise was drawn for; it is part of the state, so that a resumed run draws on.
    """

    def __init__(self, network: NetworkSettings, noise: NoiseSettings, scales: Scales) -> None:
        super().__init__()
        self.noise, self.scales = noise, scales
        self.network = EquivariantNetwork(
            len(scales.elements),
            dimension=network.dimension,
            layers=network.layers,
            gaussians=network.gaussians,
            reach=network.reach,
        )
        self.scheduler = scheduler_of(noise)
        kept = self.scheduler.alphas_cumprod.double()
        self.register_buffer("signal", kept.sqrt().float(), persistent=False)
        self.register_buffer("spread", (1 - kept).sqrt().float(), persistent=False)
        self.drawn = 0

    def get_extra_state(self) -> Tensor:
        """The count of batches."""
        return torch.tensor(self.drawn)

    def set_extra_state(self, state: Tensor) -> None:
        """Set the count of batches."""
        self.drawn = int(state)

    def atoms(self, molecules: Padded) -> tuple[Tensor, Tensor]:
        """Molecules in the units that are noised (B, N, 3 + K), and which atoms are present (B, N)."""
        places = torch.from_numpy(molecules.positions) / self.scales.length
        kinds = torch.from_numpy((molecules.elements[..., None] == np.array(self.scales.elements)).astype(np.float32))
        present = torch.from_numpy(molecules.present.astype(np.float32))
        return torch.cat([places, kinds * self.noise.element_scale], -1), present

    def errors(self, clean: Tensor, present: Tensor, times: Tensor, noise: Tensor) -> Tensor:
        """Mean square error of the network for each molecule (B,), over its degrees of freedom.

        Parameters
        ----------
        clean : (B, N, 3 + K) of :meth:`atoms`.
        present : (B, N).
        times : (B,) steps of noise, from 0.
        noise : (B, N, 3 + K) of :func:`normal`.
        """
        signal, spread = self.signal[times].view(-1, 1, 1), self.spread[times].view(-1, 1, 1)
        found = self.network_at(signal * clean + spread * noise, present, times)
        kind = self.noise.prediction
        wanted = noise if kind == "epsilon" else clean if kind == "sample" else signal * noise - spread * clean
        atoms = present.sum(1)
        free = 3 * (atoms - 1) + len(self.scales.elements) * atoms
        return (found - wanted).float().square().sum((1, 2)) / free

    def loss(self, clean: Tensor, present: Tensor, weights: Tensor, times: Tensor, noise: Tensor) -> Tensor:
        """Mean error of a batch, weighted (B,)."""
        return (self.errors(clean, present, times, noise) * weights).mean()

    def network_at(self, noisy: Tensor, present: Tensor, times: Tensor) -> Tensor:
        """Answer of the network (B, N, 3 + K) to noisy molecules (B, N, 3 + K) at steps (B,)."""
        moved, kinds = self.network(noisy[..., :3], noisy[..., 3:], times.float() / self.noise.steps, present)
        return torch.cat([moved, kinds], -1)

    def write(self, sizes: Tensor, generator: torch.Generator) -> Padded:
        """New molecules of so many atoms (B,), all steps of sampling one after the other."""
        device = self.signal.device
        present = (torch.arange(int(sizes.max())) < sizes.unsqueeze(1)).float().to(device)
        shape = (*present.shape, 3 + len(self.scales.elements))
        atoms = normal(shape, present, generator)
        scheduler = self.scheduler
        scheduler.set_timesteps(self.noise.sampling_steps or self.noise.steps)
        with torch.inference_mode():
            for step in scheduler.timesteps.tolist():
                found = self.network_at(atoms, present, torch.full((len(sizes),), step, device=device))
                atoms = scheduler.step(found, step, atoms, generator=generator).prev_sample
                # the scheduler's noise moves the molecule as a whole too, and atoms that are none
                atoms = torch.cat([centred(atoms[..., :3], present), atoms[..., 3:] * present.unsqueeze(-1)], -1)
        atoms, present = atoms.cpu(), present.cpu()
        elements = np.array(self.scales.elements)[atoms[..., 3:].argmax(-1).numpy()]
        return Padded(np.where(present.numpy() > 0, elements, 0), (atoms[..., :3] * self.scales.length).numpy())


def normal(shape: tuple[int, ...], present: Tensor, generator: torch.Generator) -> Tensor:
    """Standard normal noise (B, N, 3 + K) of atoms that are present, whose places have their mean at the origin.

    A generator of the CPU draws it, so that it is the same on all devices.
    """
    drawn = to_device(torch.randn(shape, generator=generator), present.device)
    return torch.cat([centred(drawn[..., :3], present), drawn[..., 3:] * present.unsqueeze(-1)], -1)
