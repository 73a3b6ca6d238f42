"""Points of a standard normal distribution, as many as are asked for."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from uncollapse.generations.rows import NUMBERS as ROWS
from uncollapse.settings.values import Strict

__all__ = ["ROWS", "Settings", "read", "size"]
_PART = 8192


class Settings(Strict):
    """Independent coordinates of mean 0 and variance 1."""

    name: Literal["normal"]
    dimension: int = Field(default=1, ge=1, description="coordinates of a point")


def size(settings: Settings, inputs: Mapping[str, Sequence[Path]]) -> None:
    """No end."""


def read(
    settings: Settings, inputs: Mapping[str, Sequence[Path]], *, numbers: NDArray[np.int64], seed: int
) -> Iterator[dict[str, Any]]:
    """Points, one for each number, part by part."""
    rng = np.random.default_rng(seed)
    for start in range(0, len(numbers), _PART):
        yield {"values": rng.standard_normal((len(numbers[start : start + _PART]), settings.dimension))}
