"""Attention of short sequences on a CPU: several sequences share one matrix product, each blind to the others.

torch's CPU kernel is made for long texts. A product of 9 queries with 9 keys costs as much as one of 18 with 18, where
two examples stand side by side and a bias hides each from the other; benchmarks/attention.py sets this beside torch's.
What is attended to again and again, as a prompt by 25 beams and at every step, is laid out for that once.

Shapes are spoken in letters: B examples, P packed together, L queries, S keys, H heads, D/H the width of one head.
"""

import functools

import torch
from torch import Tensor

_ENOUGH_KEYS = 16  # a product with fewer is no faster
MOST_KEYS = 256  # of a sequence that attends to itself: scores of all pairs are held


def packs(x: Tensor) -> bool:
    """Whether attention is to be computed here: of float32 numbers on a CPU, uncompiled.

    Scores are of the queries' dtype, too coarse in bfloat16.
    """
    return x.device.type == "cpu" and x.dtype == torch.float32 and not torch.compiler.is_compiling()


def sequences_together(batch: int, keys: int) -> int:
    """P, a power of two that divides B: the least for which P sequences have enough keys, or the largest there is."""
    together = 1
    while together * keys < _ENOUGH_KEYS and batch % (2 * together) == 0:
        together *= 2
    return together


def pack(x: Tensor, together: int) -> Tensor:
    """Queries, keys or values (B, L, N, H, D/H) of N kinds -> (N, B/P * H, P * L, D/H)."""
    batch, length, kinds, heads, width = x.shape
    side_by_side = x.reshape(batch // together, together * length, kinds, heads, width)
    return side_by_side.permute(2, 0, 3, 1, 4).reshape(kinds, -1, together * length, width)


def attend(query: Tensor, key: Tensor, value: Tensor, *, together: int, heads: int, causal: bool) -> Tensor:
    """Queries (B/P * H, P * L, D/H), keys and values (B/P * H, P * S, D/H) -> (B, L, D)."""
    rows, queries, width = query.shape
    bias = _bias(together, queries // together, key.shape[1] // together, causal, query.dtype)
    scores = torch.baddbmm(bias, query, key.mT, alpha=width**-0.5)
    mixed = torch.bmm(scores.softmax(-1), value)
    in_order = mixed.view(rows // heads, heads, queries, width).transpose(1, 2)
    return in_order.reshape(rows // heads * together, queries // together, heads * width)


@functools.lru_cache(maxsize=256)
def _bias(together: int, queries: int, keys: int, causal: bool, dtype: torch.dtype) -> Tensor:
    """(P * L, P * S) added to the scores: the least number wherever a query is blind, 0 elsewhere."""
    seen = torch.ones(queries, keys)
    if causal:
        seen = seen.tril()
    visible = torch.kron(torch.eye(together), seen).bool()
    return torch.zeros(visible.shape, dtype=dtype).masked_fill_(~visible, torch.finfo(dtype).min)
