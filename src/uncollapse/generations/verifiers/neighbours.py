"""Classifier of images by a vote of the real ones that are nearest: whether an image is what its label says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from pydantic import Field

from uncollapse.errors import DataError
from uncollapse.generations.images import as_features
from uncollapse.generations.panel import nearest
from uncollapse.generations.rows import IMAGES as ROWS
from uncollapse.settings.values import Strict

if TYPE_CHECKING:
    from uncollapse.generations.state import State
    from uncollapse.generations.work import Work

__all__ = ["ROWS", "Settings", "learn", "scores"]


class Settings(Strict):
    """Real images that vote; those of some classes alone make a biased verifier, which accepts no other class."""

    kind: Literal["neighbours"]
    count: int = Field(default=5, ge=1, description="nearest real images that vote")
    rows: int | None = Field(default=None, ge=1, description="real images that it knows, the first ones; null for all")
    labels: list[int] | None = Field(default=None, min_length=1, description="classes that it knows; null for all")
    held_out: bool = Field(default=False, description="knows the held-out images too: as near to the truth as there is")
    channels: int = Field(default=1, ge=1, description="numbers of a pixel")
    threshold: float = Field(default=0.5, ge=0, le=1, description="share of the votes that an image's label needs")


def learn(real: pa.Table, settings: Settings, *, seed: int, work: Work) -> State:
    """Features (N, F) and labels (N,) of the images that vote.

    Raises
    ------
    DataError
        Where fewer are left than vote.
    """
    import torch

    from uncollapse.generations.state import State

    labels = real.column("label").to_numpy()
    places = np.arange(len(labels))
    if settings.labels is not None:
        places = places[np.isin(labels, settings.labels)]
    places = places[: settings.rows]
    if len(places) < settings.count:
        raise DataError(
            f"{len(places)} real images are left, of which {settings.count} should vote: raise the verifier's rows, or"
            " name classes that there are"
        )
    points = as_features(real.take(places), channels=settings.channels)
    return State({"features": torch.from_numpy(points.copy()), "labels": torch.from_numpy(labels[places].copy())})


def scores(state: State, settings: Settings, rows: pa.Table, *, seed: int, work: Work) -> NDArray[np.float64]:
    """Share of votes (N,) for each image's own label."""
    known = state.tensors["labels"].numpy()
    asked = as_features(rows, channels=settings.channels)
    _, places = nearest(asked, state.tensors["features"].numpy(), count=settings.count)
    return (known[places] == rows.column("label").to_numpy()[:, None]).mean(1)
