"""Gumbel noise that depends on nothing but (seed, generation, document, position, token).

SplitMix64, applied to one part of the key after the other, gives 64 bits, of which 53 make a uniform number. Batches,
shards, devices and the order of work cannot change a draw; and since the noise belongs to the token and not to its
rank, draws at other settings are coupled: a token that wins among 64 candidates wins among 8, if it is one of them.
"""

import torch
from torch import Tensor

from uncollapse.randomness.noise import fractions, mixed, standard_gumbel


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
