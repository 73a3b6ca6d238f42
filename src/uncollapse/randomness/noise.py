"""Random numbers that are a function of what they are for, so that no batch, shard or device can change a draw.

A number belongs to (key, position, item): a row's key, how many tokens it has written, and the token it might write.
They are mixed by SplitMix64 (Steele et al. 2014) in integer arithmetic, which is the same everywhere.
"""

from torch import Tensor


def _signed(value: int) -> int:
    return value - (1 << 64) if value >= 1 << 63 else value


_STEP = _signed(0x9E3779B97F4A7C15)
_FIRST, _SECOND = _signed(0xBF58476D1CE4E5B9), _signed(0x94D049BB133111EB)


def mixed(state: Tensor) -> Tensor:
    """SplitMix64's finalizer of int64 values: neighbours become unrelated."""
    state = state + _STEP
    state = (state ^ shifted(state, 30)) * _FIRST
    state = (state ^ shifted(state, 27)) * _SECOND
    return state ^ shifted(state, 31)


def uniform(keys: Tensor, positions: Tensor, items: Tensor) -> Tensor:
    """float64 numbers strictly between 0 and 1 for keys (B,), positions (B,) and items (K,) or (B, K); shape (B, K).

    >>> import torch
    >>> number = uniform(torch.tensor([5, 6]), torch.tensor([2, 2]), torch.tensor([9, 1]))
    >>> torch.equal(number[1:], uniform(torch.tensor([6]), torch.tensor([2]), torch.tensor([9, 1])))
    True
    """
    rows = mixed(mixed(keys) + positions)
    bits = shifted(mixed(rows.unsqueeze(-1) + items), 12)
    return (bits.double() + 0.5) * 2.0**-52


def gumbel(keys: Tensor, positions: Tensor, items: Tensor) -> Tensor:
    """Standard Gumbel noise, float32, of the same shape: the largest of log-probability plus noise is a draw."""
    return -(-uniform(keys, positions, items).log()).log().float()


def shifted(state: Tensor, bits: int) -> Tensor:
    """Logical right shift; torch's own repeats the sign."""
    return (state >> bits) & ((1 << (64 - bits)) - 1)
