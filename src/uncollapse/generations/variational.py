"""Variational autoencoder of images (Kingma and Welling 2014), conditional on a class where there are classes.

Pixels are in [0, 1]; a pixel is normal around the decoder's output with one standard deviation sigma, fixed or learned
with all else (sigma-VAE, Rybkin et al. 2021).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

LEAST_LOG_SIGMA = -4.0  # of pixels in [0, 1]: no finer than 8-bit pixels are
_WIDTHS = (32, 64, 128, 256)  # channels of a convolutional encoder; each halves the side
_SMALLEST = 4  # side at which convolutions end


@dataclass(frozen=True)
class Shape:
    """Sizes of a model: pixels of an image's side and their channels, classes, and of its layers."""

    side: int
    channels: int
    classes: int
    hidden: int
    latent: int
    convolutional: bool

    @property
    def pixels(self) -> int:
        """Numbers of an image."""
        return self.side**2 * self.channels


class VariationalAutoencoder(nn.Module):
    """Encoder and decoder; both are told the class."""

    def __init__(self, shape: Shape, *, sigma: float | None) -> None:
        super().__init__()
        self.shape = shape
        encode, decode = (_convolutional if shape.convolutional else _dense)(shape)
        self.encoder, self.decoder = encode, decode
        fixed = sigma is not None
        start = torch.tensor(math.log(sigma if sigma is not None else 0.3))
        self.log_sigma = nn.Parameter(start, requires_grad=not fixed)

    @property
    def spread(self) -> Tensor:
        """Logarithm of sigma."""
        return self.log_sigma.clamp(min=LEAST_LOG_SIGMA)

    def posterior(self, images: Tensor, labels: Tensor) -> tuple[Tensor, Tensor]:
        """Mean and log-variance (B, latent) of images (B, pixels) of classes (B,)."""
        mean, log_variance = self.encoder(images, self._hot(labels)).chunk(2, dim=-1)
        return mean, log_variance.clamp(-10, 10)

    def decode(self, latents: Tensor, labels: Tensor) -> Tensor:
        """Expected pixels (B, pixels)."""
        return torch.sigmoid(self.decoder(torch.cat([latents, self._hot(labels)], dim=-1)))

    def bound(self, images: Tensor, labels: Tensor, noise: Tensor) -> Tensor:
        """Negative evidence lower bound of each image (B,), nats, from one draw of the latents, noise (B, latent)."""
        mean, log_variance = self.posterior(images, labels)
        decoded = self.decode(mean + noise * (0.5 * log_variance).exp(), labels).float()
        squares = ((images - decoded) ** 2).sum(-1)
        spread = self.spread
        surprise = 0.5 * squares * (-2 * spread).exp() + images.shape[-1] * (spread + 0.5 * math.log(2 * math.pi))
        divergence = 0.5 * (mean**2 + log_variance.exp() - 1 - log_variance).float().sum(-1)
        return surprise + divergence

    def _hot(self, labels: Tensor) -> Tensor:
        if not self.shape.classes:
            return labels.new_zeros((len(labels), 0), dtype=torch.float32)
        return functional.one_hot(labels, self.shape.classes).float()


@dataclass(frozen=True, kw_only=True)
class Images:
    """Training images (N, pixels) in [0, 1], their classes (N,), and weights (N,) or None."""

    pixels: Tensor
    labels: Tensor
    weights: Tensor | None
    latent: int
    seed: int

    def __len__(self) -> int:
        return len(self.pixels)

    @property
    def device(self) -> torch.device:
        """The device on which they lie."""
        return self.pixels.device

    def batch(self, rows: Tensor) -> tuple[Tensor, ...]:
        """Images, classes, weights and noise of some rows.

        The noise hangs on the seed and on which rows come together in which order, so that a resumed run has the same;
        rows come together anew in every epoch.
        """
        places = torch.arange(1, len(rows) + 1, device=rows.device)
        key = int(((rows + 1) * places * 2_654_435_761 % (2**31 - 1)).sum()) + self.seed * 1_000_003
        generator = torch.Generator().manual_seed(key % 2**62)
        noise = torch.randn((len(rows), self.latent), generator=generator).to(self.device)
        weights = torch.ones(len(rows), device=self.device) if self.weights is None else self.weights[rows]
        return self.pixels[rows], self.labels[rows], weights, noise

    def loss_of(self, model: Any) -> Callable[..., Tensor]:
        """The weighted mean bound."""

        def loss(images: Tensor, labels: Tensor, weights: Tensor, noise: Tensor) -> Tensor:
            return (weights * model.bound(images, labels, noise)).mean()

        return loss


class _Dense(nn.Module):
    """Two hidden layers; further inputs are put behind the first one."""

    def __init__(self, inputs: int, hidden: int, outputs: int) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            nn.Linear(inputs, hidden), nn.SiLU(), nn.Linear(hidden, hidden), nn.SiLU(), nn.Linear(hidden, outputs)
        )

    def forward(self, *inputs: Tensor) -> Tensor:
        return self.layers(torch.cat(inputs, dim=-1))


def _dense(shape: Shape) -> tuple[nn.Module, nn.Module]:
    encoder = _Dense(shape.pixels + shape.classes, shape.hidden, 2 * shape.latent)
    return encoder, _Dense(shape.latent + shape.classes, shape.hidden, shape.pixels)


class _Encoder(nn.Module):
    """Convolutions that halve the side, then a dense layer that is told the class."""

    def __init__(self, shape: Shape, widths: list[int]) -> None:
        super().__init__()
        self.image = (shape.channels, shape.side, shape.side)
        parts: list[nn.Module] = []
        for before, width in zip([shape.channels, *widths], widths, strict=False):
            parts += [nn.Conv2d(before, width, 4, stride=2, padding=1), nn.GroupNorm(8, width), nn.SiLU()]
        self.convolutions = nn.Sequential(*parts)
        flat = widths[-1] * (shape.side >> len(widths)) ** 2
        self.layers = _Dense(flat + shape.classes, shape.hidden, 2 * shape.latent)

    def forward(self, images: Tensor, hot: Tensor) -> Tensor:
        channels, side, _ = self.image
        planes = images.view(-1, side, side, channels).permute(0, 3, 1, 2)
        return self.layers(self.convolutions(planes).flatten(1), hot)


class _Decoder(nn.Module):
    """A dense layer, then transposed convolutions that double the side."""

    def __init__(self, shape: Shape, widths: list[int]) -> None:
        super().__init__()
        self.start = (widths[-1], shape.side >> len(widths), shape.side >> len(widths))
        self.layers = _Dense(shape.latent + shape.classes, shape.hidden, math.prod(self.start))
        parts: list[nn.Module] = []
        downwards = widths[::-1]
        for before, width in zip(downwards, [*downwards[1:], shape.channels], strict=True):
            parts += [nn.SiLU(), nn.ConvTranspose2d(before, width, 4, stride=2, padding=1)]
            parts += [nn.GroupNorm(8, width)] if width != shape.channels else []
        self.convolutions = nn.Sequential(*parts)

    def forward(self, latents: Tensor) -> Tensor:
        planes = self.convolutions(self.layers(latents).view(-1, *self.start))
        return planes.permute(0, 2, 3, 1).flatten(1)


def _convolutional(shape: Shape) -> tuple[nn.Module, nn.Module]:
    halvings = [width for number, width in enumerate(_WIDTHS) if shape.side >> (number + 1) >= _SMALLEST]
    return _Encoder(shape, halvings), _Decoder(shape, halvings)
