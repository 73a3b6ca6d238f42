"""Attention of beams to their encoded prompt, with all that beams and steps share computed once.

A score is ``(W_q x) . k``, which is ``x . (W_q' k)``: with queries' and the output's weights multiplied into a prompt's
keys and values, all heads of all beams of a prompt take one product each way, and no projection of their own.

Shapes are spoken in letters: B prompts, S prompt tokens, W beams, H heads, D dimension.
"""

import functools

import torch
from torch import Tensor
from torch.nn import functional

from uncollapse.decoding.one_query import attend, places
from uncollapse.models.encoder_decoder import Attend, CrossAttention
from uncollapse.models.packed_attention import MOST_KEYS, packs

_ENOUGH_BEAMS = 8


def attention_to(cross: CrossAttention, encoded: Tensor, *, beams: int) -> Attend:
    """Function from beams (B * W, D), normed already, to what attention to encoded prompts (B, S, D) adds to them.

    Parameters
    ----------
    beams : the most that a prompt will have.
    """
    batch, length, dimension = encoded.shape
    # fewer beams wait for what is folded to be read; with more heads' keys than this, its products are the larger ones
    if beams >= _ENOUGH_BEAMS and cross.heads * length < dimension + length:
        return functools.partial(_by_folded, cross.heads, *_folded(cross, encoded))
    if beams == 1 and packs(encoded) and length <= MOST_KEYS:
        return functools.partial(_of_one_beam, cross, *_positions_first(cross, encoded))
    memory = cross.memory(encoded)
    return lambda x: cross(x.view(batch, -1, dimension), memory).flatten(0, 1)


def _folded(cross: CrossAttention, encoded: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Keys and values (B, S * H, D) of what a query is made of and an output becomes, and a score's bias (B, S * H, 1).

    The output's bias is shared out among heads, whose weights sum to one.
    """
    batch, length, dimension = encoded.shape
    heads, width = cross.heads, dimension // cross.heads
    projected = cross.key_value(encoded).view(batch * length, 2, heads, width).permute(1, 2, 0, 3)
    scale = width**-0.5
    into_keys = cross.query.weight.view(heads, width, dimension) * scale
    into_values = cross.output.weight.view(dimension, heads, width).permute(1, 2, 0)
    keys = torch.bmm(projected[0], into_keys).transpose(0, 1).reshape(batch, length * heads, dimension)
    values = torch.bmm(projected[1], into_values).add_(cross.output.bias / heads)
    bias = torch.bmm(projected[0], cross.query.bias.view(heads, width, 1) * scale)
    return (
        keys,
        values.transpose(0, 1).reshape(batch, length * heads, dimension),
        bias.transpose(0, 1).reshape(batch, length * heads, 1),
    )


def _by_folded(heads: int, keys: Tensor, values: Tensor, bias: Tensor, x: Tensor) -> Tensor:
    batch, of_heads, dimension = keys.shape
    scores = torch.baddbmm(bias, keys, x.view(batch, -1, dimension).mT)
    weights = scores.view(batch, of_heads // heads, -1).softmax(1).view_as(scores)
    return torch.bmm(weights.mT, values).flatten(0, 1)


def _positions_first(cross: CrossAttention, encoded: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Keys (S, B, D), values (S * B, D), and where a beam finds its own."""
    batch, length, _ = encoded.shape
    states = encoded.transpose(0, 1).contiguous()
    weights, biases = cross.key_value.weight.chunk(2), cross.key_value.bias.chunk(2)
    keys, values = (functional.linear(states, *both) for both in zip(weights, biases, strict=True))
    rows = torch.arange(length * batch, device=encoded.device).view(length, batch)
    return keys, values.flatten(0, 1), places(rows, cross.heads)


def _of_one_beam(cross: CrossAttention, keys: Tensor, values: Tensor, where: Tensor, x: Tensor) -> Tensor:
    return cross.output(attend(cross.query(x), keys, values, where))
