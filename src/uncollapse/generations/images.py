"""Images as numbers between which distances mean something."""

import math

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from uncollapse.artifacts.parquet import list_column
from uncollapse.generations.panel import nearest

LARGEST = 255  # of a pixel
_SIDE = 16  # at most, of images that are compared


def as_features(rows: pa.Table, *, channels: int) -> NDArray[np.float64]:
    """Pixels in [0, 1] as (N, F), averaged over squares where the side has more than 16."""
    pixels = list_column(rows, "pixels")
    side = math.isqrt(pixels.shape[1] // channels)
    if side <= _SIDE or side % _SIDE:
        return pixels / LARGEST
    square = side // _SIDE
    planes = pixels.reshape(len(pixels), _SIDE, square, _SIDE, square, channels)
    return planes.mean(axis=(2, 4)).reshape(len(pixels), -1) / LARGEST


def neighbours_of_label(rows: pa.Table, real: pa.Table, *, channels: int) -> dict[str, float]:
    """Share of images whose nearest real image has their label, as ``label_kept``; the labels' entropy in nats."""
    _, places = nearest(as_features(rows, channels=channels), as_features(real, channels=channels), count=1)
    labels = rows.column("label").to_numpy()
    same = labels == real.column("label").to_numpy()[places[:, 0]]
    shares = np.bincount(labels) / len(labels)
    shares = shares[shares > 0]
    return {"label_kept": float(same.mean()), "label_entropy": float(-(shares * np.log(shares)).sum())}
