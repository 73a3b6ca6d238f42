"""Gaussian of the data's mean and covariance: the model whose collapse is known in closed form."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from pydantic import Field

from uncollapse.artifacts.parquet import list_column
from uncollapse.generations.rows import NUMBERS as ROWS
from uncollapse.settings.values import Strict

if TYPE_CHECKING:
    from uncollapse.generations.state import State
    from uncollapse.generations.work import Work

__all__ = ["LOSS", "ROWS", "Settings", "features", "fit", "losses", "sample"]

LOSS = "nats per point"
_PART = 8192
_FLOOR = 1e-12  # added to variances, so that a collapsed covariance still has a density


class Settings(Strict):
    """A Gaussian with a full covariance."""

    name: Literal["gaussian"]
    unbiased: bool = Field(default=False, description="divide by N - 1; else by N, where the likelihood is largest")


def fit(
    rows: pa.Table, settings: Settings, *, weights: NDArray | None, first: State | None, seed: int, work: Work
) -> State:
    """Mean and covariance of points (N, d), weighted."""
    import torch

    from uncollapse.generations.state import State

    points = features(rows, settings)
    share = np.full(len(points), 1 / len(points)) if weights is None else weights / weights.sum()
    mean = share @ points
    centred = points - mean
    covariance = (centred * share[:, None]).T @ centred
    if settings.unbiased:
        covariance /= 1 - (share**2).sum()
    return State({"mean": torch.from_numpy(mean), "covariance": torch.from_numpy(covariance)})


def sample(state: State, settings: Settings, *, rows: int, seed: int, work: Work) -> Iterator[dict[str, Any]]:
    """Points of the Gaussian."""
    mean, covariance = state.tensors["mean"].numpy(), state.tensors["covariance"].numpy()
    values, vectors = np.linalg.eigh(covariance)
    root = vectors * np.sqrt(np.maximum(values, 0))
    rng = np.random.default_rng(seed)
    for start in range(0, rows, _PART):
        noise = rng.standard_normal((min(_PART, rows - start), len(mean)))
        yield {"values": mean + noise @ root.T}


def losses(state: State, settings: Settings, rows: pa.Table, *, work: Work) -> NDArray[np.float64]:
    """Negative log-density of each point (N,)."""
    mean, covariance = state.tensors["mean"].numpy(), state.tensors["covariance"].numpy()
    dimension = len(mean)
    centred = features(rows, settings) - mean
    lower = np.linalg.cholesky(covariance + _FLOOR * np.eye(dimension))
    solved = np.linalg.solve(lower, centred.T)
    return 0.5 * (solved**2).sum(0) + np.log(np.diag(lower)).sum() + 0.5 * dimension * np.log(2 * np.pi)


def features(rows: pa.Table, settings: Settings) -> NDArray[np.float64]:
    """The points themselves (N, d)."""
    return list_column(rows, "values")
