"""Test of the mean of a bounded quantity, of which nothing but the range is known: Gaffke's (2005).

Values c_1 ... c_n are independent, and none can be below c_0 < 0. Is their mean above zero? Weigh each at random, all
alike, and the limit c_0 too, as if it had been seen once; the p-value is the chance that the weighted sum is not above
zero,

    p = P(c_0 E_0 + c_1 E_1 + ... + c_n E_n <= 0),    E_i ~ Exp(1), independent.

This is the bootstrap (Rubin's, 1981) with one imaginary value added, the worst there can be. For right and wrong, +1/2
and -1/2, it is the exact binomial test of Clopper and Pearson (1934), and so it is best thought of: as that test for
values that may be anything in between. That p <= alpha happens with a chance of at most alpha is proven for two kinds
of values; in general it is a conjecture without a known counterexample (Gaffke 2005; Learned-Miller and Thomas 2020,
arXiv 1905.06208). ``benchmarks/proxy_error.py`` looks for one among clusters of candidates.

Nothing is drawn: the chance is an integral along a line through the saddle point (Rice 1980).
"""

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

_MOST_KINDS = 20_000  # kinds of values told apart; more are rounded down, which can only make p larger
_AT_ONCE = 4096
_MOST_BEND = 0.5  # of the path of integration, s = place + width (bend (cosh u - 1) + i sinh u)


def chance_not_above_zero(values: ArrayLike, counts: ArrayLike, limit: float) -> float:
    """P(limit E_0 + sum_k values_k G_k <= 0), where G_k is a sum of ``counts_k`` exponential variables of mean one.

    Parameters
    ----------
    values : (K,) kinds of values that were seen, none below ``limit``
    counts : (K,) how often each was seen
    limit : the least that a value can be, below zero

    Examples
    --------
    Six of six above one half by one half: 0.5 ** 6.

    >>> round(chance_not_above_zero([0.5], [6], -0.5), 6)
    0.015625
    """
    if not limit < 0:
        raise ValueError(f"the least that a value can be must lie below zero, found {limit}")
    kinds, seen = _told_apart(np.asarray(values, dtype=np.float64), np.asarray(counts, dtype=np.float64))
    kinds, seen = np.append(kinds, limit), np.append(seen, 1.0)
    if kinds.max() <= 0:
        return 1.0
    kinds = kinds / np.abs(kinds).max()
    if seen @ kinds < 0:  # of the two tails the one beyond the mean is what the integral is precise for
        return 1 - _tail(-kinds, seen)
    return _tail(kinds, seen)


def _tail(kinds: NDArray[np.float64], seen: NDArray[np.float64]) -> float:
    """P(sum_k kinds_k G_k <= 0) of a sum whose mean is not below zero; some kinds are below."""
    place = _saddle_point(kinds, seen)
    terms = kinds / (1 + place * kinds)
    second = place**-2 + float(seen @ terms**2)
    third = -2 * (place**-3 + float(seen @ terms**3))
    width = 1 / math.sqrt(second)
    # steepest descent bends by the third derivative; tails that fall like a power of s fall exponentially in u
    bend = min(max(third * width**3 / 3, -_MOST_BEND), _MOST_BEND)
    reach, number = (6.0, 33) if seen.sum() > 8 else (16.0, 129)
    nodes, step = np.linspace(0, reach, number, retstep=True)
    line = place + width * (bend * (np.cosh(nodes) - 1) + 1j * np.sinh(nodes))
    slope = bend * np.sinh(nodes) + 1j * np.cosh(nodes)
    height = -np.log(line)
    for begin in range(0, len(kinds), _AT_ONCE):
        part = slice(begin, begin + _AT_ONCE)
        height -= (seen[part, None] * np.log1p(kinds[part, None] * line)).sum(0)
    integrand = (np.exp(height) * slope).imag
    total = (integrand.sum() - integrand[0] / 2) * step * width / math.pi
    return min(max(float(total), 0.0), 1.0)


def _told_apart(values: NDArray[np.float64], counts: NDArray[np.float64]) -> tuple[NDArray, NDArray]:
    """Different values other than zero, and how often each is there."""
    some = (values != 0) & (counts > 0)
    values, counts = values[some], counts[some]
    if len(values) > _MOST_KINDS:
        step = (values.max() - values.min()) / _MOST_KINDS
        values = np.floor(values / step) * step if step else values
    kinds, place = np.unique(values, return_inverse=True)
    return kinds, np.bincount(place, counts, minlength=len(kinds))


def _saddle_point(kinds: NDArray[np.float64], seen: NDArray[np.float64]) -> float:
    """The s between 0 and 1 / |least kind| at which -log s - sum_k seen_k log(1 + s kinds_k) is least."""
    low, high = 0.0, 1 / float(-kinds.min())
    place = min(high / 2, float(seen @ kinds / (seen @ kinds**2)) + 1e-3 * high)
    for _ in range(200):
        terms = kinds / (1 + place * kinds)
        slope = -1 / place - float((seen * terms).sum())
        if slope > 0:
            high = place
        else:
            low = place
        step = slope / (place**-2 + float((seen * terms**2).sum()))
        if abs(step) < 1e-9 * place:
            break
        place = place - step if low < place - step < high else (low + high) / 2
    return place
