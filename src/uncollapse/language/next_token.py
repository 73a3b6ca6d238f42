"""The choice of the next token: the most probable one, or a draw."""

import torch
from torch import Tensor
from torch.nn import functional

from uncollapse.language.settings import SamplingSettings
from uncollapse.randomness.noise import gumbel

_GROUP = 256  # tokens a group of the two-step draw


def next_token(logits: Tensor, sampling: SamplingSettings, *, keys: Tensor, positions: Tensor) -> Tensor:
    """Token ids (B,) from logits (B, V) in float32; keys and positions (B,) say which random numbers a row gets."""
    if sampling.temperature == 0:
        return logits.argmax(-1)
    scores = logits / sampling.temperature
    if sampling.top_k is not None and sampling.top_k < scores.shape[-1]:
        smallest = scores.topk(sampling.top_k).values[:, -1:]
        scores = scores.masked_fill(scores < smallest, -torch.inf)
    if sampling.top_p is not None and sampling.top_p < 1:
        scores = _nucleus(scores, sampling.top_p)
    return _draw(scores, keys, positions)


def _nucleus(scores: Tensor, top_p: float) -> Tensor:
    """Keep the fewest tokens whose probabilities add up to ``top_p`` (Holtzman et al. 2020); the first always stays."""
    ordered, order = scores.sort(dim=-1, descending=True, stable=True)
    probability = ordered.softmax(-1)
    before = probability.cumsum(-1) - probability
    dropped = torch.zeros_like(scores, dtype=torch.bool).scatter(-1, order, before >= top_p)
    return scores.masked_fill(dropped, -torch.inf)


def _draw(scores: Tensor, keys: Tensor, positions: Tensor) -> Tensor:
    """Draw a group of tokens by its total probability, then a token within it, each by Gumbel noise.

    The distribution is that of a draw from the softmax, with noise for some hundred items instead of the vocabulary.
    """
    rows, vocabulary = scores.shape
    padded = functional.pad(scores, (0, -vocabulary % _GROUP), value=-torch.inf).view(rows, -1, _GROUP)
    groups = torch.arange(padded.shape[1], device=scores.device)
    group = (padded.logsumexp(-1) + gumbel(keys, positions, groups + padded.shape[1] * _GROUP)).argmax(-1)
    within = torch.arange(_GROUP, device=scores.device)
    members = group.unsqueeze(-1) * _GROUP + within
    chosen = padded[torch.arange(rows, device=scores.device), group] + gumbel(keys, positions, members)
    return members.gather(-1, chosen.argmax(-1, keepdim=True)).squeeze(-1)
