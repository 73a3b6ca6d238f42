"""Attention where torch's own is slow on a CPU: over few keys, and of one new token whose heads share a key head.

torch's kernel takes 2 to 6 times as long as two matrix products and a softmax where there are at most a hundred or so
keys, and 3 to 7 times with gradients (benchmarks/attention.py), since it is made for longer texts.
For a single query transformers repeats keys and values for every query head as soon as there is a mask; the heads of a
group can stand in for queries instead, so that the cache is read once and nothing is copied.
"""

from typing import Any

import uncollapse.language.lean_start  # noqa: F401  # isort: skip
import torch
from torch import Tensor
from torch.nn import functional
from transformers import AttentionInterface, AttentionMaskInterface, PreTrainedModel
from transformers.integrations.sdpa_attention import sdpa_attention_forward
from transformers.masking_utils import sdpa_mask

_NAME = "uncollapse"
_FEW_KEYS = 256  # scores of all pairs are held; torch's kernel is as fast from some 500 keys on


def use_cpu_attention(model: PreTrainedModel) -> None:
    """Have a model that uses torch's attention use this one; on a GPU only single queries are not torch's."""
    if model.config._attn_implementation == "sdpa":
        model.set_attn_implementation(_NAME)


def attention(
    module: torch.nn.Module, query: Tensor, key: Tensor, value: Tensor, attention_mask: Tensor | None, **other: Any
) -> tuple[Tensor, None]:
    """Queries (B, H, T, D), keys and values (B, G, S, D), G dividing H; returns (B, T, H, D)."""
    queries, grouped = query.shape[2], query.shape[1] != key.shape[1]
    if not other.get("dropout") and other.get("position_bias") is None:
        if queries == 1 and grouped:
            return _of_one_query(query, key, value, attention_mask, other.get("scaling")), None
        # without gradients torch's kernel keeps scores of bfloat16 queries in float32, at nearly the same speed
        exact = query.dtype == torch.float32 or query.requires_grad
        if queries > 1 and exact and query.device.type == "cpu" and key.shape[2] <= _FEW_KEYS:
            causal = other.get("is_causal")
            causal = getattr(module, "is_causal", True) if causal is None else causal
            bias = _bias(attention_mask, query, key, causal=causal and attention_mask is None)
            return _over_few_keys(query, key, value, bias, other.get("scaling")), None
    return sdpa_attention_forward(module, query, key, value, attention_mask, **other)


def _of_one_query(query: Tensor, key: Tensor, value: Tensor, mask: Tensor | None, scale: float | None) -> Tensor:
    rows, heads, _, width = query.shape
    groups = key.shape[1]
    output = functional.scaled_dot_product_attention(
        query.reshape(rows, groups, heads // groups, width), key, value, attn_mask=mask, scale=scale
    )
    return output.reshape(rows, 1, heads, width)


def _bias(mask: Tensor | None, query: Tensor, key: Tensor, *, causal: bool) -> Tensor | None:
    """Bias added to scores, (T, S) or (B, 1 or H, T, S): nothing, or the least number where a query is blind."""
    if causal:
        mask = torch.ones(query.shape[2], key.shape[2], dtype=torch.bool, device=query.device).tril()
    if mask is None or mask.dtype != torch.bool:
        return mask
    return torch.zeros(mask.shape, dtype=query.dtype, device=mask.device).masked_fill_(
        ~mask, torch.finfo(query.dtype).min
    )


def _over_few_keys(query: Tensor, key: Tensor, value: Tensor, bias: Tensor | None, scale: float | None) -> Tensor:
    rows, heads, queries, width = query.shape
    if heads != key.shape[1]:
        key, value = (part.repeat_interleave(heads // part.shape[1], dim=1) for part in (key, value))
    if bias is None:
        bias = query.new_zeros(())
    elif bias.ndim == 4:
        bias = bias.expand(rows, heads, *bias.shape[2:]).flatten(0, 1)
    scores = torch.baddbmm(
        bias, query.flatten(0, 1), key.flatten(0, 1).mT, alpha=width**-0.5 if scale is None else scale
    )
    found = torch.bmm(scores.softmax(-1), value.flatten(0, 1))
    return found.view(rows, heads, queries, width).transpose(1, 2)


AttentionInterface.register(_NAME, attention)
AttentionMaskInterface.register(_NAME, sdpa_mask)
