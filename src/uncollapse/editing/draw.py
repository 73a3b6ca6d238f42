"""New tokens for places, each drawn from its own candidates by noise of its own.

Gumbel noise depends on nothing but (seed, generation, document, position, token). SplitMix64, applied to one part of
the key after the other, gives 64 bits, of which 53 make a uniform number. Batches, shards, devices and the order of
work cannot change a draw; and since the noise belongs to the token and not to its rank, draws at other settings are
coupled: a token that wins among 64 candidates wins among 8, if it is one of them.
"""

import torch
from torch import Tensor

from uncollapse.randomness.noise import fractions, mixed, standard_gumbel


def draw(
    tokens: Tensor,
    logits: Tensor,
    *,
    original: Tensor,
    keys: Tensor,
    forbidden: Tensor,
    temperature: float,
    exclude_original: bool,
    top_p: float | None = None,
    limit: int | None = None,
) -> Tensor:
    """One token per place (n,), by the Gumbel-max rule: exactly a draw from softmax(logits / temperature).

    Forbidden candidates (and the original, where excluded) are left out first; what remains is cut to the ``limit``
    most probable, or to the fewest that hold ``top_p`` of its mass at the temperature, and renormalized. A place
    where nothing remains keeps its token.

    Parameters
    ----------
    tokens : (n, K) candidates, the most probable first; (1, V) for the whole vocabulary, then in any order and
        without top_p and limit.
    logits : (n, K) float32, up to a constant per place.
    original : (n,) the tokens that stand there.
    keys : (n,) of the noise.
    forbidden : (F,) tokens never drawn, such as the end of text.
    """
    out = torch.isin(tokens, forbidden).expand_as(logits)
    if exclude_original:
        out = out | (tokens == original.unsqueeze(-1))
    if limit is not None:
        out = out | ((~out).cumsum(-1) > limit)
    scores = (logits.double() / temperature).masked_fill(out, -torch.inf)
    if top_p is not None:
        scores = scores.masked_fill(_outside_nucleus(scores, top_p), -torch.inf)
    chosen = (scores + gumbel(keys, tokens)).argmax(-1, keepdim=True)
    found = tokens.expand_as(scores).gather(-1, chosen).squeeze(-1)
    alone = torch.isneginf(scores).all(-1)
    return torch.where(alone, original, found)


def _outside_nucleus(scores: Tensor, top_p: float) -> Tensor:
    """Candidates (n, K), most probable first, before which top_p of the mass already stands (nucleus sampling)."""
    probability = torch.nan_to_num(scores.softmax(-1))
    return probability.cumsum(-1) - probability >= top_p


def row_keys(*, seed: int, generation: int, document: Tensor, position: Tensor) -> Tensor:
    """Keys (n,) int64 of n places, from (n,) int64 documents and positions."""
    state = mixed(torch.tensor(seed, dtype=torch.int64))  # a number stays on the host, so that no device is waited for
    state = mixed(state ^ generation)
    return mixed(mixed(state ^ document) ^ position)


def uniform(keys: Tensor, tokens: Tensor) -> Tensor:
    """Uniform numbers in (0, 1), float64, of keys (n,) and tokens (n, K) or (1, K): shape (n, K)."""
    return fractions(mixed(keys.unsqueeze(-1) ^ tokens.to(torch.int64)), bits=53)


def gumbel(keys: Tensor, tokens: Tensor) -> Tensor:
    """Standard Gumbel noise (n, K), float64: argmax of (log_prob + gumbel) is a draw from exp(log_prob)."""
    return standard_gumbel(uniform(keys, tokens))
