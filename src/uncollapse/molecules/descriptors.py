"""Molecules as vectors whose distances mean something: which elements, and how far apart pairs of them are."""

from itertools import combinations_with_replacement

import numpy as np
from numpy.typing import NDArray

from uncollapse.molecules.elements import SYMBOLS
from uncollapse.molecules.padded import Padded

_CENTERS = np.arange(1.0, 6.01, 0.25)  # Å
_WIDTH = 0.25
_AT_ONCE = 256  # molecules whose distances are in memory together
_PAIRS = list(combinations_with_replacement(SYMBOLS, 2))
WIDTH = len(SYMBOLS) + len(_PAIRS) * len(_CENTERS)


def descriptors(molecules: Padded) -> NDArray[np.float64]:
    """Atoms of each element, and for each pair of elements a smoothed histogram of distances (B, WIDTH).

    Neither turning, mirroring or moving a molecule nor the order of its atoms changes them.
    """
    parts = [np.zeros((0, WIDTH))]
    for start in range(0, len(molecules.elements), _AT_ONCE):
        some = slice(start, start + _AT_ONCE)
        parts.append(_of_some(molecules.elements[some], molecules.positions[some].astype(np.float64)))
    return np.concatenate(parts)


def _of_some(elements: NDArray[np.int64], positions: NDArray[np.float64]) -> NDArray[np.float64]:
    counts = np.stack([(elements == number).sum(1) for number in SYMBOLS], 1).astype(np.float64)
    first, second = np.triu_indices(elements.shape[1], 1)
    apart = np.sqrt(((positions[:, first] - positions[:, second]) ** 2).sum(-1))
    near = np.exp(-(((apart[..., None] - _CENTERS) / _WIDTH) ** 2))
    low = np.minimum(elements[:, first], elements[:, second])
    high = np.maximum(elements[:, first], elements[:, second])
    histograms = []
    for pair in _PAIRS:
        own = (low == pair[0]) & (high == pair[1])
        histograms.append(np.einsum("bp,bpc->bc", own.astype(np.float64), near) if own.any() else near[:, 0] * 0)
    return np.concatenate([counts, *histograms], 1)
