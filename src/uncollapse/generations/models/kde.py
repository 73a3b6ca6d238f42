"""Kernel density estimate with a Gaussian kernel: the rows themselves, each blurred."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from pydantic import Field

from uncollapse.errors import DataError
from uncollapse.generations.models.gaussian import features
from uncollapse.generations.rows import NUMBERS as ROWS
from uncollapse.settings.values import Strict

if TYPE_CHECKING:
    from uncollapse.generations.state import State
    from uncollapse.generations.work import Work

__all__ = ["LOSS", "ROWS", "Settings", "features", "fit", "losses", "sample"]

LOSS = "nats per point"
_PART = 8192
_SIDE_BY_SIDE = 1024  # points whose distances to all rows are in memory at once


class Settings(Strict):
    """A kernel of one width in every direction."""

    name: Literal["kde"]
    bandwidth: float | None = Field(
        default=None, gt=0, description="of the kernel; null for Scott's rule at generation 0's rows, kept from then on"
    )


def fit(
    rows: pa.Table, settings: Settings, *, weights: NDArray | None, first: State | None, seed: int, work: Work
) -> State:
    """Rows (N, d) with their shares (N,), and the bandwidth.

    Scott's rule: the mean standard deviation times N^(-1/(d+4)). Scott 1992.

    Raises
    ------
    DataError
        Where all points are the same, so that the rule gives no bandwidth.
    """
    import torch

    from uncollapse.generations.state import State

    points = features(rows, settings)
    share = np.full(len(points), 1 / len(points)) if weights is None else weights / weights.sum()
    bandwidth = settings.bandwidth or (None if first is None else first.about["bandwidth"])
    if bandwidth is None:
        bandwidth = float(points.std(0).mean() * len(points) ** (-1 / (points.shape[1] + 4)))
    if not bandwidth > 0:
        raise DataError(f"all {len(points):,} points are the same, so that a kernel has no width; set the bandwidth")
    tensors = {"points": torch.from_numpy(points.copy()), "shares": torch.from_numpy(share)}
    return State(tensors, {"bandwidth": bandwidth})


def sample(state: State, settings: Settings, *, rows: int, seed: int, work: Work) -> Iterator[dict[str, Any]]:
    """Rows drawn by their shares, each with noise of the bandwidth."""
    points, shares = state.tensors["points"].numpy(), state.tensors["shares"].numpy()
    rng = np.random.default_rng(seed)
    for start in range(0, rows, _PART):
        drawn = points[rng.choice(len(points), size=min(_PART, rows - start), p=shares)]
        yield {"values": drawn + state.about["bandwidth"] * rng.standard_normal(drawn.shape)}


def losses(state: State, settings: Settings, rows: pa.Table, *, work: Work) -> NDArray[np.float64]:
    """Negative log-density of each point (N,)."""
    from scipy.special import logsumexp

    points, shares = state.tensors["points"].numpy(), state.tensors["shares"].numpy()
    width, dimension = state.about["bandwidth"], points.shape[1]
    asked = features(rows, settings)
    found = []
    for start in range(0, len(asked), _SIDE_BY_SIDE):
        some = asked[start : start + _SIDE_BY_SIDE]
        squares = (some**2).sum(1)[:, None] - 2 * some @ points.T + (points**2).sum(1)
        found.append(logsumexp(-np.maximum(squares, 0) / (2 * width**2), b=shares, axis=1))
    return 0.5 * dimension * np.log(2 * np.pi * width**2) - np.concatenate(found)
