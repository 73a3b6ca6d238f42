"""Examples of different lengths packed into rows, so that little is computed for padding.

    A A A A A A . B B B B        a row of 11 places holds an example of 6 tokens and one of 4; "." is padding
    C C C C C D D D D D D        another row

Linear layers see places, attention sees rows: a token looks at those before it in its own example alone. Rows are
filled from the longest example on, each going into the row that it leaves fullest; of a few widths, the one with which
a step costs least is taken.
"""

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from uncollapse.compute.transfer import to_device
from uncollapse.models.characters import STOP
from uncollapse.training.member_data import Draws

_WIDTHS = (1.0, 1.25, 1.5, 2.0, 3.0)  # of a row, in longest examples
_ATTENTION = 1 / 512  # what a place costs for each that it is compared with, in what its linear layers cost
_MOST = 256  # no row is made wider than this but by an example that is longer


@dataclass(frozen=True)
class Packed:
    """B examples of each of M members in K rows of W places.

    Parameters
    ----------
    tokens : (M, K * W) int64, what is read; the stop token in padding.
    hidden : (K, W, W) True where a place may not look at another.
    positions : (K * W,) place of each token in its example, from 0; 0 in padding.
    predicting : (T,) places, in rising order, that predict a token of an answer.
    targets : (M, T) int64, the tokens they predict.
    """

    tokens: Tensor
    hidden: Tensor
    positions: Tensor
    predicting: Tensor
    targets: Tensor


def pack(draws: Draws, *, device: torch.device) -> Packed:
    """Pack what a step draws; the last token of an example, its stop token, is predicted and not read."""
    read = draws.lengths - 1
    width, starts, rows = layout(read)
    example = np.repeat(np.arange(len(read)), read)
    within = np.arange(read.sum()) - np.repeat(np.cumsum(read) - read, read)
    places = np.repeat(starts, read) + within
    source = np.repeat(np.cumsum(draws.lengths) - draws.lengths, read) + within
    predicts = within >= draws.questions[example] - 1

    count = rows * width
    tokens = np.full((len(draws.tokens), count), STOP, dtype=np.int64)
    tokens[:, places] = draws.tokens[:, source]
    positions = np.zeros(count, dtype=np.int64)
    positions[places] = within
    owner = np.full(count, -1, dtype=np.int64)
    owner[places] = example
    owner = owner.reshape(rows, width)
    seen = (owner[:, :, None] == owner[:, None, :]) & np.tri(width, dtype=bool)
    rising = np.argsort(places[predicts], kind="stable")
    arrays = (
        tokens,
        ~seen,
        positions,
        places[predicts][rising],
        draws.tokens[:, source[predicts][rising] + 1].astype(np.int64),
    )
    return Packed(*(to_device(torch.from_numpy(each), device) for each in arrays))


def layout(lengths: NDArray[np.int64]) -> tuple[int, NDArray[np.int64], int]:
    """Width of the rows, where each of B examples begins (B,), and how many rows there are; longest examples first.

    >>> layout(np.array([5, 3, 3, 2, 2]))
    (5, array([ 0,  5, 10, 13,  8]), 3)
    """
    longest = int(lengths[0])
    widths = {max(longest, min(_MOST, round(longest * share))) for share in _WIDTHS}
    tries = []
    for width in sorted(widths):
        starts, rows = _filled(lengths, width)
        tries.append((rows * width * (1 + width * _ATTENTION), width, starts, rows))
    _, width, starts, rows = min(tries, key=lambda each: each[:2])
    return width, starts, rows


def _filled(lengths: NDArray[np.int64], width: int) -> tuple[NDArray[np.int64], int]:
    """Best fit: each example into the row that it leaves fullest."""
    by_room: list[list[int]] = [[] for _ in range(width + 1)]
    starts = np.empty(len(lengths), dtype=np.int64)
    rows = 0
    for example, length in enumerate(lengths.tolist()):
        room = next((room for room in range(length, width) if by_room[room]), width)
        if room == width:
            row, rows = rows, rows + 1
        else:
            row = by_room[room].pop()
        starts[example] = row * width + width - room
        by_room[room - length].append(row)
    return starts, rows
