"""Attention of every beam's newest position to those before it, whose keys and values stay where they were written.

Beams fork and die at each step, rows do not move: what follows a beam is the numbers of its positions' rows.

    written           start    +  -     +7 +3 -4 -5      beams of the first three steps: 1, 2 and 4 of one prompt
    row                 0      1  2      3  4  5  6
    ancestors (L, N)   0 0 0 0 / 1 1 2 2 / 3 4 5 6

Shapes are spoken in letters: N beams of all prompts, L positions so far, R rows, D dimension.
"""

import functools

import torch
from torch import Tensor
from torch.nn import functional

from uncollapse.decoding.one_query import attend, places
from uncollapse.models.encoder_decoder import Attend


class BeamCache:
    """Keys and values of all layers.

    Parameters
    ----------
    rows : R, positions written by all beams together.
    like : a tensor of the device and the dtype to work in.
    forks : whether a beam may go on from another than its own; where none does, rows are read as they lie.
    """

    def __init__(self, *, layers: int, rows: int, dimension: int, heads: int, like: Tensor, forks: bool) -> None:
        self._kept = like.new_empty(layers, 2, rows, dimension)
        self._heads, self._forks = heads, forks
        self._ancestors = self._values = torch.empty(0, 0, dtype=torch.int64, device=like.device)
        self._begin = self._end = 0

    def follow(self, parents: Tensor) -> None:
        """Go on from some of the beams: for each that is to come, its number (N,) among those of the step before."""
        if self._forks:
            self._ancestors = self._ancestors.index_select(1, parents)

    def read(self, beams: int) -> None:
        """Begin a step of N beams, the number of those that were followed."""
        self._begin, self._end = self._end, self._end + beams
        newest = torch.arange(self._begin, self._end, device=self._ancestors.device).unsqueeze(0)
        self._ancestors = torch.cat([self._ancestors, newest]) if self._begin else newest
        self._values = places(self._ancestors, self._heads)

    def of_layer(self, number: int) -> Attend:
        """Queries, keys and values (N, 3D) of the newest positions -> what they attend to (N, D)."""
        return functools.partial(self._attend, *self._kept[number])

    def _attend(self, keys: Tensor, values: Tensor, projected: Tensor) -> Tensor:
        query, key, value = projected.chunk(3, -1)
        keys[self._begin : self._end], values[self._begin : self._end] = key, value
        written = keys[: self._end]
        past = functional.embedding(self._ancestors, written) if self._forks else written.view(-1, *query.shape)
        return attend(query, past, values, self._values)
