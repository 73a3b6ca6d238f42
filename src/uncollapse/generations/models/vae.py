"""Variational autoencoder of images."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from pydantic import Field

from uncollapse.artifacts.parquet import list_column
from uncollapse.errors import DataError
from uncollapse.generations.images import LARGEST, as_features, neighbours_of_label
from uncollapse.generations.rows import IMAGES as ROWS
from uncollapse.settings.values import Strict
from uncollapse.training.settings import TrainingSettings

if TYPE_CHECKING:
    import torch
    from torch import Tensor

    from uncollapse.generations.state import State
    from uncollapse.generations.variational import Shape, VariationalAutoencoder
    from uncollapse.generations.work import Work

__all__ = ["LOSS", "ROWS", "Settings", "features", "fit", "losses", "measures", "sample"]

LOSS = "nats per image"
_PART = 1024


class Settings(Strict):
    """Sizes, and how it is trained."""

    name: Literal["vae"]
    latent: int = Field(default=8, ge=1, description="dimensions of the latent space")
    hidden: int = Field(default=256, ge=1, description="width of dense layers")
    convolutional: bool = Field(default=False, description="convolutions, for images of 16 pixels and more")
    channels: int = Field(default=1, ge=1, description="numbers of a pixel: 3 for colours")
    classes: int = Field(default=0, ge=0, description="labels from 0 that the model is told; 0 for images without")
    sigma: float | None = Field(
        default=None, gt=0, description="standard deviation of a pixel, from 0 to 1; null learns it"
    )
    pixel_noise: bool = Field(
        default=False, description="add it to samples; false writes expected pixels, as is usual and as is looked at"
    )
    draws: int = Field(default=8, ge=1, description="latents of each held-out image, over which the bound is averaged")
    training: TrainingSettings


def fit(
    rows: pa.Table, settings: Settings, *, weights: NDArray | None, first: State | None, seed: int, work: Work
) -> State:
    """A model trained on images from new weights."""
    import torch

    from uncollapse.generations.state import State
    from uncollapse.generations.training import trained
    from uncollapse.generations.variational import Images

    pixels, labels = _tensors(rows, settings, work.device)
    torch.manual_seed(seed)
    model = _model(_shape(settings, pixels.shape[1]), settings, work.device)
    heavy = None if weights is None else torch.from_numpy(weights).float().to(work.device)
    images = Images(pixels=pixels, labels=labels, weights=heavy, latent=settings.latent, seed=seed)
    curve = trained(model, images, settings.training, seed=seed, work=work)
    share = np.bincount(labels.cpu().numpy(), weights=weights, minlength=max(settings.classes, 1))
    about = {"pixels": pixels.shape[1], "labels": (share / share.sum()).tolist(), "loss": curve[-1]["loss"]}
    return State(dict(model.state_dict()), about)


def sample(state: State, settings: Settings, *, rows: int, seed: int, work: Work) -> Iterator[dict[str, Any]]:
    """Images of latents of the prior, of classes as often as the training rows have them."""
    import torch

    model = _loaded(state, settings, work.device)
    rng = np.random.default_rng(seed)
    for start in range(0, rows, _PART):
        number = min(_PART, rows - start)
        labels = rng.choice(len(state.about["labels"]), size=number, p=state.about["labels"])
        latents = torch.from_numpy(rng.standard_normal((number, settings.latent), dtype=np.float32))
        with torch.inference_mode():
            images = model.decode(latents.to(work.device), torch.from_numpy(labels).to(work.device)).float().cpu()
            if settings.pixel_noise:
                noise = torch.from_numpy(rng.standard_normal(images.shape, dtype=np.float32))
                images = images + float(model.spread.exp()) * noise
        yield {"pixels": (images * LARGEST).round().clamp(0, LARGEST).byte().numpy(), "label": labels.astype(np.int16)}


def losses(state: State, settings: Settings, rows: pa.Table, *, work: Work) -> NDArray[np.float64]:
    """Negative evidence lower bound of each image (N,), averaged over draws of the latents."""
    import torch

    model = _loaded(state, settings, work.device)
    pixels, labels = _tensors(rows, settings, work.device)
    noise = torch.randn(len(pixels), settings.draws, settings.latent, generator=torch.Generator().manual_seed(0))
    found = []
    with torch.inference_mode():
        for start in range(0, len(pixels), _PART):
            some = slice(start, start + _PART)
            bounds = [
                model.bound(pixels[some], labels[some], noise[some, draw].to(work.device))
                for draw in range(settings.draws)
            ]
            found.append(torch.stack(bounds).double().mean(0).cpu())
    return torch.cat(found).numpy()


def features(rows: pa.Table, settings: Settings) -> NDArray[np.float64]:
    """Pixels in [0, 1], averaged over squares where the side has more than 16."""
    return as_features(rows, channels=settings.channels)


def measures(rows: pa.Table, settings: Settings, *, real: pa.Table, learned: pa.Table) -> dict[str, float]:
    """Share of images whose nearest held-out image has their label, where there are labels."""
    return neighbours_of_label(rows, real, channels=settings.channels) if settings.classes else {}


def _shape(settings: Settings, pixels: int) -> Shape:
    from uncollapse.generations.variational import Shape

    side = math.isqrt(pixels // settings.channels)
    if side**2 * settings.channels != pixels:
        raise DataError(
            f"images of {pixels} numbers are no squares of {settings.channels} channels: set the model's channels"
        )
    if (settings.convolutional and side & (side - 1)) or (settings.convolutional and side < 16):
        raise DataError(f"images of {side} x {side} pixels: convolutions take a power of two from 16; resize them")
    return Shape(side, settings.channels, settings.classes, settings.hidden, settings.latent, settings.convolutional)


def _model(shape: Shape, settings: Settings, device: torch.device) -> VariationalAutoencoder:
    from uncollapse.generations.variational import VariationalAutoencoder

    return VariationalAutoencoder(shape, sigma=settings.sigma).to(device)


def _loaded(state: State, settings: Settings, device: torch.device) -> VariationalAutoencoder:
    model = _model(_shape(settings, state.about["pixels"]), settings, device)
    model.load_state_dict(dict(state.tensors))
    return model.eval()


def _tensors(rows: pa.Table, settings: Settings, device: torch.device) -> tuple[Tensor, Tensor]:
    """Images (N, pixels) in [0, 1] and labels (N,)."""
    import torch

    pixels = torch.from_numpy(list_column(rows, "pixels").copy()).to(device).float() / LARGEST
    labels = rows.column("label").to_numpy().astype(np.int64)
    if settings.classes and labels.max(initial=0) >= settings.classes:
        raise DataError(
            f"row {int(labels.argmax())} has label {labels.max()}, but the model has {settings.classes} classes: raise"
            " its classes"
        )
    return pixels, torch.from_numpy(labels).to(device)
