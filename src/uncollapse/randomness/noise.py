"""Random numbers that are a function of what they are for, so that no batch, shard or device can change a draw.

A number belongs to (key, position, item): a row's key, how many tokens it has written, and the token it might write.
They are mixed by SplitMix64 (Steele et al. 2014) in integer arithmetic, which is the same everywhere.
"""

from torch import Tensor

from uncollapse.randomness import hashing


def _signed(value: int) -> int:
    """A 64-bit pattern as torch's int64, whose sums and products wrap around."""
    return value - (1 << 64) if value >= 1 << 63 else value


_STEP, _FIRST, _SECOND = map(_signed, (hashing.STEP, hashing.FIRST, hashing.SECOND))


def mixed(state: Tensor) -> Tensor:
    """SplitMix64's finalizer of int64 values: neighbours become unrelated."""
    state = state + _STEP
    state = (state ^ shifted(state, 30)) * _FIRST
    state = (state ^ shifted(state, 27)) * _SECOND
    return state ^ shifted(state, 31)


def fractions(state: Tensor, *, bits: int) -> Tensor:
    """Numbers between 0 and 1, float64, of the same shape: the middles of 2^bits intervals, by the leading bits."""
    return (shifted(state, 64 - bits).double() + 0.5) * 2.0**-bits


def standard_gumbel(uniform: Tensor) -> Tensor:
    """Gumbel's quantile -log(-log(u)): the largest of log-probability plus noise is a draw."""
    return -(-uniform.log()).log()


def uniform(keys: Tensor, positions: Tensor, items: Tensor) -> Tensor:
    """float64 numbers strictly between 0 and 1 for keys (B,), positions (B,) and items (K,) or (B, K); shape (B, K).

    >>> import torch
    >>> number = uniform(torch.tensor([5, 6]), torch.tensor([2, 2]), torch.tensor([9, 1]))
    >>> torch.equal(number[1:], uniform(torch.tensor([6]), torch.tensor([2]), torch.tensor([9, 1])))
    True
    """
    rows = mixed(mixed(keys) + positions)
    return fractions(mixed(rows.unsqueeze(-1) + items), bits=52)


def gumbel(keys: Tensor, positions: Tensor, items: Tensor) -> Tensor:
    """Standard Gumbel noise of :func:`uniform`, float32, of the same shape."""
    return standard_gumbel(uniform(keys, positions, items)).float()


def shifted(state: Tensor, bits: int) -> Tensor:
    """Logical right shift; torch's own repeats the sign."""
    return (state >> bits) & ((1 << (64 - bits)) - 1)
