"""Examples of different lengths packed into rows, so that little is computed for padding.

    A A A A A A . B B B B        a row of 11 places holds an example of 6 tokens and one of 4; "." is padding
    C C C C C D D D D D D        another row

Linear layers see places, attention sees rows: a token looks at those before it in its own example alone. Rows are
filled from the longest example on, each going into the row that it leaves fullest; of a few widths, the one with which
a step costs least is taken.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from uncollapse.compute.transfer import to_device
from uncollapse.models.characters import STOP
from uncollapse.training.member_data import Draws

NONE = -100  # the target of a place that predicts nothing: what torch ignores
_WIDTHS = (1.0, 1.25, 1.5, 2.0, 3.0)  # of a row, in longest examples
_ATTENTION = 1 / 512  # what a place costs for each that it is compared with, in what its linear layers cost
_MOST = 256  # no row is made wider than this but by an example that is longer


@dataclass(frozen=True)
class Packed:
    """B examples of each of M members in K rows of W places.

    G is M, or 1 where all members' examples are alike in lengths.

    Parameters
    ----------
    tokens : (M, K * W) int64, what is read; the stop token in padding.
    hidden : (G, K, W, W) True where a place may not look at another.
    positions : (G, K * W) place of each token in its example, from 0; 0 in padding.
    predicting : (M, T) places, in rising order, that predict a token of an answer.
    targets : (M, T) int64, the tokens they predict; :data:`NONE` where a member has fewer than another.
    """

    tokens: Tensor
    hidden: Tensor
    positions: Tensor
    predicting: Tensor
    targets: Tensor


def pack(draws: Sequence[Draws], *, device: torch.device) -> Packed:
    """Pack what a step draws, for groups of members, those of one group sharing their sources.

    The last token of an example, its stop token, is predicted and not read.
    """
    width, starts, rows = layout([each.lengths - 1 for each in draws])
    found = [_packed(each, at, width, rows) for each, at in zip(draws, starts, strict=True)]
    tokens, owners, positions, predicting, targets = map(list, zip(*found, strict=True))
    if len(draws) > 1:
        members = [len(each.tokens) for each in draws]
        owners = [each.repeat(count, 0) for each, count in zip(owners, members, strict=True)]
        positions = [each.repeat(count, 0) for each, count in zip(positions, members, strict=True)]
    most = max(each.shape[1] for each in targets)
    predicting = [np.pad(each, ((0, 0), (0, most - each.shape[1]))) for each in predicting]
    targets = [np.pad(each, ((0, 0), (0, most - each.shape[1])), constant_values=NONE) for each in targets]
    whole = (np.concatenate(each) for each in (tokens, owners, positions, predicting, targets))
    read, owner, *others = (to_device(torch.from_numpy(each), device) for each in whole)
    return Packed(read, _hidden(owner.view(-1, rows, width)), *others)


def _hidden(owner: Tensor) -> Tensor:
    """Example of each place (G, K, W) -> (G, K, W, W); made on the device, since it is too large to be copied there."""
    width = owner.shape[-1]
    later = torch.ones(width, width, dtype=torch.bool, device=owner.device).triu(1)
    return (owner.unsqueeze(-1) != owner.unsqueeze(-2)) | later


def _packed(draws: Draws, starts: NDArray[np.int64], width: int, rows: int) -> tuple[NDArray[Any], ...]:
    """The arrays of :class:`Packed` for one group, G being 1; for ``hidden`` each place's example, -1 in padding."""
    read = draws.lengths - 1
    example = np.repeat(np.arange(len(read)), read)
    within = np.arange(read.sum()) - np.repeat(np.cumsum(read) - read, read)
    places = np.repeat(starts, read) + within
    source = np.repeat(np.cumsum(draws.lengths) - draws.lengths, read) + within

    members, count = len(draws.tokens), rows * width
    tokens = np.full((members, count), STOP, dtype=np.int64)
    tokens[:, places] = draws.tokens[:, source]
    positions = np.zeros((1, count), dtype=np.int64)
    positions[0, places] = within
    owner = np.full((1, count), -1, dtype=np.int32)
    owner[0, places] = example

    predicts = within >= draws.questions[example] - 1
    rising = np.argsort(places[predicts], kind="stable")
    predicting = np.tile(places[predicts][rising], (members, 1))
    return tokens, owner, positions, predicting, draws.tokens[:, source[predicts][rising] + 1].astype(np.int64)


def layout(lengths: Sequence[NDArray[np.int64]]) -> tuple[int, list[NDArray[np.int64]], int]:
    """Width of the rows, where the examples of each group begin, and how many rows the fullest group has.

    Parameters
    ----------
    lengths : of each group's examples, the longest first.

    >>> layout([np.array([5, 3, 3, 2, 2])])
    (5, [array([ 0,  5, 10, 13,  8])], 3)
    """
    longest = max(int(each[0]) for each in lengths)
    widths = {max(longest, min(_MOST, round(longest * share))) for share in _WIDTHS}
    tries = []
    for width in sorted(widths):
        filled = [_filled(each, width) for each in lengths]
        rows = max(count for _, count in filled)
        tries.append((rows * width * (1 + width * _ATTENTION), width, [starts for starts, _ in filled], rows))
    _, width, starts, rows = min(tries, key=lambda each: each[:2])
    return width, starts, rows


def _filled(lengths: NDArray[np.int64], width: int) -> tuple[NDArray[np.int64], int]:
    """Best fit: each example into the row that it leaves fullest, of those the one that was left last.

    Examples of one length go into a row until it has no room for another, so that they are placed together.
    """
    by_room: list[list[int]] = [[] for _ in range(width + 1)]
    starts = np.empty(len(lengths), dtype=np.int64)
    rows = 0
    ends = [*(np.flatnonzero(np.diff(lengths)) + 1).tolist(), len(lengths)]
    for begin, end in zip([0, *ends], ends, strict=False):
        length, example = int(lengths[begin]), begin
        for room in range(length, width + 1):
            there = by_room[room]
            if not there and room < width:
                continue
            each = room // length  # examples that a row with this room takes
            wanted = -(-(end - example) // each)
            if room == width:
                taken, rows = list(range(rows, rows + wanted)), rows + wanted
            else:
                taken = there[::-1][:wanted]
                del there[len(there) - len(taken) :]
            places = [row * width + width - room + at for row in taken for at in range(0, each * length, length)]
            placed = min(end - example, len(places))
            starts[example : example + placed] = places[:placed]
            by_room[room % length] += taken
            if spare := len(places) - placed:
                by_room[room % length].pop()
                by_room[room % length + spare * length].append(taken[-1])
            example += placed
            if example == end:
                break
    return starts, rows
