"""Attention of new positions to all before them, whose keys and values are kept as its products want them.

Shapes are spoken in letters: M members, B questions, L new positions of each, C positions in all, H heads, D dimension.
Keys lie with positions last: the product of one query with them is several times as fast as with positions first.
"""

import functools

import torch
from torch import Tensor
from torch.nn import functional

from uncollapse.models.decoder import Attend, Decoder

MORE = 32  # positions by which the room grows: what lies beyond is looked at in vain, a copy is made each time


class CachedAttention:
    """The keys and values of all layers, of questions that grow together.

    Products see all there is room for, since they would copy a part of it; what is not there yet is hidden.

    Parameters
    ----------
    padding : (B,) positions at the left of each question that nothing may look at.
    room : positions for which there is room at first.
    """

    def __init__(self, model: Decoder, padding: Tensor, *, room: int) -> None:
        settings = model.settings
        width = settings.dimension // settings.heads
        shape = (settings.layers, model.members, len(padding), settings.heads)
        self.keys = model.embedding.new_zeros(*shape, width, room)
        self.values = model.embedding.new_zeros(*shape, room, width)
        self.padding = padding if padding.any() else None
        self.done = self.length = 0
        self.bias = padding.new_zeros(0)

    def read(self, length: int) -> Tensor:
        """The next positions (L,), to be attended from; padding counts, which shifts all of a question alike."""
        room = self.values.shape[-2]
        self.done, self.length = self.done + self.length, length
        if (lacking := self.done + length - room) > 0:
            more = -(-lacking // MORE) * MORE
            self.keys = functional.pad(self.keys, (0, more))
            self.values = functional.pad(self.values, (0, 0, 0, more))
            room += more
        positions = torch.arange(self.done, self.done + length, device=self.keys.device)
        places = torch.arange(room, device=self.keys.device)
        hidden = places > positions.unsqueeze(1)
        if self.padding is not None:
            hidden = hidden | (places < self.padding[:, None, None, None])
        self.bias = self.keys.new_zeros(hidden.shape).masked_fill_(hidden, -1e30)
        return positions

    def of_layer(self, number: int) -> Attend:
        """Attention of one layer's new positions, whose keys and values are kept; rows are each question's last."""
        return functools.partial(self._attend, self.keys[number], self.values[number])

    def _attend(self, keys: Tensor, values: Tensor, projected: Tensor, rows: Tensor | None) -> Tensor:
        members, batch, heads, width, room = keys.shape
        length, end = self.length, self.done + self.length
        query, key, value = projected.view(members, batch, length, 3, heads, width).permute(3, 0, 1, 4, 2, 5)
        keys[..., self.done : end] = key.mT
        values[..., self.done : end, :] = value
        bias, asking = self.bias, length
        if rows is not None:
            query, bias, asking = query[..., -1:, :], bias[..., -1:, :], 1
        query = (query * width**-0.5).reshape(-1, asking, width)
        scores = torch.bmm(query, keys.view(-1, width, room))
        scores.view(members, batch, heads, asking, room).add_(bias)
        mixed = torch.bmm(scores.softmax(-1), values.view(-1, room, width))
        return mixed.view(members, batch, heads, asking, width).transpose(2, 3).reshape(members, batch * asking, -1)

    def keep(self, questions: Tensor) -> None:
        """Keep some of the questions (K,) and forget the others."""
        self.keys = self.keys.index_select(2, questions)
        self.values = self.values.index_select(2, questions)
        if self.padding is not None:
            self.padding = self.padding.index_select(0, questions)
