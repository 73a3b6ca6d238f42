"""Attention of new positions to all before them, whose keys and values are kept as its products want them.

Shapes are spoken in letters: M members, B questions, L new positions of each, C positions in all, H heads, D dimension.
Keys lie with positions last: the product of one query with them is several times as fast as with positions first.
"""

import torch
from torch import Tensor

from uncollapse.models.decoder import Attend, Decoder


class CachedAttention:
    """The keys and values of all layers, of questions that grow together.

    Parameters
    ----------
    padding : (B,) positions at the left of each question that nothing may look at.
    room : positions for which there is room.
    """

    def __init__(self, model: Decoder, padding: Tensor, *, room: int) -> None:
        settings = model.settings
        width = settings.dimension // settings.heads
        shape = (settings.layers, model.members, len(padding), settings.heads)
        self.keys = model.embedding.new_empty(*shape, width, room)
        self.values = model.embedding.new_empty(*shape, room, width)
        self.done = 0
        self.hidden = None
        if padding.any():
            places = torch.arange(room, device=padding.device)
            hidden = (places < padding.unsqueeze(1))[:, None, None]
            self.hidden = torch.zeros(hidden.shape, device=padding.device).masked_fill_(
                hidden, torch.finfo(torch.float32).min
            )

    def positions(self, length: int) -> Tensor:
        """The next positions (L,); padding counts, which shifts all of a question alike."""
        return torch.arange(self.done, self.done + length, device=self.keys.device)

    def of_layer(self, place: int) -> Attend:
        """Attention of one layer's new positions; their keys and values are kept."""

        def attend(query: Tensor, key: Tensor, value: Tensor) -> Tensor:
            members, batch, heads = self.keys.shape[1:4]
            length = query.shape[1] // batch
            begin, end = self.done, self.done + length
            query, key, value = (x.view(members, batch, length, heads, -1).transpose(2, 3) for x in (query, key, value))
            keys, values = self.keys[place], self.values[place]
            keys[..., begin:end] = key.mT
            values[..., begin:end, :] = value
            scores = torch.matmul(query * query.shape[-1] ** -0.5, keys[..., :end])
            if self.hidden is not None:
                scores = scores + self.hidden[..., :end]
            if length > 1:
                later = torch.ones(length, end, dtype=torch.bool, device=scores.device).triu_(begin + 1)
                scores = scores.masked_fill_(later, torch.finfo(scores.dtype).min)
            mixed = torch.matmul(scores.softmax(-1), values[..., :end, :])
            return mixed.transpose(2, 3).reshape(members, batch * length, -1)

        return attend

    def advance(self, length: int) -> None:
        """Go on to the next positions once all layers have read these."""
        self.done += length

    def keep(self, questions: Tensor) -> None:
        """Keep some of the questions (K,) and forget the others."""
        self.keys = self.keys.index_select(2, questions)
        self.values = self.values.index_select(2, questions)
        if self.hidden is not None:
            self.hidden = self.hidden.index_select(0, questions)
