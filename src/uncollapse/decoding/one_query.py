"""Attention of one query each, by sums: a matrix product would be a call for every query and head.

Shapes are spoken in letters: N queries, L keys of each, R rows of values, H heads, D dimension. Keys come first, since
a softmax over a dozen adjacent numbers takes some twenty times as long as one over a dozen rows.
"""

import torch
from torch import Tensor
from torch.nn import functional


def places(rows: Tensor, heads: int) -> Tensor:
    """Row numbers (N * H, L) of one head's values each, for :func:`attend`, from rows (L, N) of all heads' values."""
    head = torch.arange(heads, device=rows.device).unsqueeze(1)
    return ((rows * heads).T.contiguous().unsqueeze(1) + head).flatten(0, 1)


def attend(query: Tensor, keys: Tensor, values: Tensor, where: Tensor) -> Tensor:
    """Queries (N, D), keys (L, N, D) and values (R, D), which are summed where they lie -> (N, D).

    Parameters
    ----------
    where : (N * H, L), of :func:`places`.
    """
    queries, dimension = query.shape
    width = queries * dimension // len(where)
    scores = (keys * (query * width**-0.5)).view(len(keys), -1, width).sum(-1)
    weights = scores.softmax(0).T.contiguous()
    mixed = functional.embedding_bag(where, values.view(-1, width), per_sample_weights=weights, mode="sum")
    return mixed.view(queries, dimension)
