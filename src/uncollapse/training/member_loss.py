"""The loss of a decoder's members on packed examples: cross-entropy of the answers' tokens alone."""

import torch
from torch import Tensor
from torch.nn import functional

from uncollapse.models.decoder import Attend, Decoder
from uncollapse.training.packing import Packed


def losses(model: Decoder, batch: Packed) -> Tensor:
    """Mean cross-entropy of an answer's token, in nats, of each member (M,).

    Places that predict nothing leave the last layer once they have been attended to.
    """
    rotation = model.rotation(batch.positions)
    attend = _within_rows(batch.hidden)
    x = model.embed(batch.tokens)
    for place, layer in enumerate(model.layers):
        final = place + 1 == len(model.layers)
        x = layer(x, attend, rotation=rotation, rows=batch.predicting if final else None)
    logits = model.logits(x).float()
    found = functional.cross_entropy(logits.flatten(0, 1), batch.targets.flatten(), reduction="none")
    return found.view(model.members, -1).mean(1)


def _within_rows(hidden: Tensor) -> Attend:
    """Attention within K rows of W places, (K, W, W) True where a place may not look."""
    rows, width = hidden.shape[:2]

    def attend(query: Tensor, key: Tensor, value: Tensor) -> Tensor:
        members, count, heads, part = query.shape
        query, key, value = (
            x.view(members, rows, width, heads, part).transpose(2, 3).reshape(-1, width, part)
            for x in (query, key, value)
        )
        scores = torch.bmm(query * part**-0.5, key.mT).view(members, rows, heads, width, width)
        scores = scores.masked_fill(hidden.unsqueeze(1), torch.finfo(scores.dtype).min)
        mixed = torch.bmm(scores.softmax(-1).view(-1, width, width), value)
        return mixed.view(members, rows, heads, width, part).transpose(2, 3).reshape(members, count, -1)

    return attend
