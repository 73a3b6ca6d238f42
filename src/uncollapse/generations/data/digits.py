"""Handwritten digits of 8 x 8 pixels that ship with scikit-learn (Alpaydin and Kaynak 1998): 1,797, by 43 people."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from uncollapse.generations.rows import IMAGES as ROWS
from uncollapse.settings.values import Strict

__all__ = ["ROWS", "Settings", "read", "size"]
_DARKEST = 16
_ROWS = 1797


class Settings(Strict):
    """No choices: every digit may be drawn."""

    name: Literal["digits"]
    side: ClassVar[int] = 8
    channels: ClassVar[int] = 1
    classes: ClassVar[int] = 10


def size(settings: Settings, inputs: Mapping[str, Sequence[Path]]) -> int:
    """How many there are."""
    return _ROWS


def read(
    settings: Settings, inputs: Mapping[str, Sequence[Path]], *, numbers: NDArray[np.int64], seed: int
) -> Iterator[dict[str, Any]]:
    """Digits of these numbers, with pixels from 0 to 255."""
    from sklearn.datasets import load_digits

    digits = load_digits()
    pixels = np.rint(digits.data[numbers] * (255 / _DARKEST)).astype(np.uint8)
    yield {"pixels": pixels, "label": digits.target[numbers].astype(np.int16)}
