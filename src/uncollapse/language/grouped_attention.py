"""Attention of one new token, where several query heads share a key head.

transformers repeats keys and values for every query head as soon as there is a mask. For a single query the heads of a
group can stand in for queries instead, so that the cache is read once and nothing is copied.
"""

from typing import Any

import torch
from torch import Tensor
from torch.nn import functional
from transformers import AttentionInterface, AttentionMaskInterface, PreTrainedModel
from transformers.integrations.sdpa_attention import sdpa_attention_forward
from transformers.masking_utils import sdpa_mask

_NAME = "uncollapse_grouped"


def use_grouped_attention(model: PreTrainedModel) -> None:
    """Have a model that uses torch's attention use this one."""
    if model.config._attn_implementation == "sdpa":
        model.set_attn_implementation(_NAME)


def grouped_attention(
    module: torch.nn.Module, query: Tensor, key: Tensor, value: Tensor, attention_mask: Tensor | None, **other: Any
) -> tuple[Tensor, None]:
    """Queries (B, H, T, D), keys and values (B, G, S, D), G dividing H; returns (B, T, H, D)."""
    rows, heads, queries, width = query.shape
    if queries > 1 or heads == key.shape[1] or other.get("dropout") or other.get("position_bias") is not None:
        return sdpa_attention_forward(module, query, key, value, attention_mask, **other)
    output = functional.scaled_dot_product_attention(
        query.reshape(rows, key.shape[1], heads // key.shape[1], width),
        key,
        value,
        attn_mask=attention_mask,
        scale=other.get("scaling"),
    )
    return output.reshape(rows, 1, heads, width), None


AttentionInterface.register(_NAME, grouped_attention)
AttentionMaskInterface.register(_NAME, sdpa_mask)
