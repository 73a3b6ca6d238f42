"""The loss of a decoder's members on packed examples: cross-entropy of the answers' tokens alone."""

import torch
from torch import Tensor
from torch.nn import functional

from uncollapse.models.decoder import Attend, Decoder, chosen
from uncollapse.training.packing import NONE, Packed


def losses(model: Decoder, batch: Packed) -> Tensor:
    """Mean cross-entropy of an answer's token, in nats, of each member (M,).

    Places that predict nothing leave the last layer once they have been attended to.
    """
    attend = _within_rows(batch.hidden, members=model.members, heads=model.settings.heads)
    x = model.states(batch.tokens, lambda _: attend, model.matrices(), positions=batch.positions, rows=batch.predicting)
    logits = model.logits(x).float()
    found = functional.cross_entropy(logits.flatten(0, 1), batch.targets.flatten(), ignore_index=NONE, reduction="none")
    return found.view(model.members, -1).sum(1) / (batch.targets != NONE).sum(1)


def _within_rows(hidden: Tensor, *, members: int, heads: int) -> Attend:
    """Attention within K rows of W places, (M or 1, K, W, W) True where a place may not look."""
    rows, width = hidden.shape[1:3]
    bias = torch.zeros(hidden.shape, device=hidden.device).masked_fill_(hidden, torch.finfo(torch.float32).min)
    bias = bias.unsqueeze(2).expand(members, -1, heads, -1, -1).reshape(-1, width, width)

    def attend(projected: Tensor, places: Tensor | None) -> Tensor:
        part = projected.shape[-1]
        by_row = projected.view(members, rows, width, 3, heads, part).permute(3, 0, 1, 4, 2, 5)
        query, key, value = by_row.reshape(3, -1, width, part).unbind()
        scores = torch.baddbmm(bias.to(query.dtype), query, key.mT, alpha=part**-0.5)
        mixed = torch.bmm(scores.softmax(-1), value)
        mixed = mixed.view(members, rows, heads, width, part).transpose(2, 3).reshape(members, rows * width, -1)
        return mixed if places is None else chosen(mixed, places)

    return attend
