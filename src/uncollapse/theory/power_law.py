"""Capacity and source conditions: a covariance spectrum that falls like a power, and ridge penalties that fall with T.

S_j ~ j^-beta, |S^(1/2 - r) w_0| = O(1); n sigma_0^2 ~ T^a, T_0 ~ T^b with a <= b <= 1; lambda = T^-l.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from uncollapse.theory.power_law_settings import generator_size
from uncollapse.theory.regression_closed_form import ridge_error


def power_law_problem(*, dimension: int, beta: float, source: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Spectrum S_j = j^-beta, and coefficients with S_j^(1 - 2r) w_j^2 = 1 / j: the least smooth truth for source r.

    |S^(1/2 - r) w_0|^2 is then the harmonic number, on the edge of the source condition, and the bias of a ridge fit
    falls like kappa^(2r) without logarithms: sum_{j > J} S_j w_j^2 ~ J^(-2 beta r).

    Parameters
    ----------
    dimension : d.
    beta : capacity exponent, > 1.
    source : r > 0.

    Returns
    -------
    spectrum, coefficients : (d,) each

    Examples
    --------
    >>> spectrum, w0 = power_law_problem(dimension=3, beta=2.0, source=0.5)
    >>> (spectrum ** (1 - 2 * 0.5) * w0**2).round(3).tolist()
    [1.0, 0.5, 0.333]
    """
    j = np.arange(1, dimension + 1, dtype=float)
    spectrum = j**-beta
    return spectrum, np.sqrt(spectrum ** (2 * source - 1) / j)


class PenaltyRule(NamedTuple):
    """The best exponent l of lambda = T^-l, and the rate T^-rate of the error with it."""

    exponent: float
    rate: float


def clean_penalty(*, beta: float, source: float) -> PenaltyRule:
    """l_crit = beta / (2 beta r + 1), rate 2 beta r / (2 beta r + 1): the best for clean labels, r capped at 1.

    >>> rule = clean_penalty(beta=2.0, source=0.5)
    >>> round(rule.exponent, 4), round(rule.rate, 4)
    (0.6667, 0.6667)
    """
    return adaptive_penalty(beta=beta, source=source, noise_growth=0.0, size_growth=1.0)


def adaptive_penalty(*, beta: float, source: float, noise_growth: float, size_growth: float) -> PenaltyRule:
    """l* = min((b - a) l_crit, beta); the error falls like T^-((b - a) 2 beta r / (2 beta r + 1)), r capped at 1.

    Balances the bias T^(-2 r l) against what the generators add, T^(a - b + l / beta). Derived from Dohmatob et al.
    2024.

    Parameters
    ----------
    beta, source : beta and r.
    noise_growth, size_growth : a and b, with a <= b <= 1.

    Examples
    --------
    >>> adaptive_penalty(beta=2.0, source=0.5, noise_growth=0.0, size_growth=0.75)
    PenaltyRule(exponent=0.5, rate=0.5)
    """
    if not noise_growth <= size_growth <= 1:
        raise ValueError(f"expected a <= b <= 1, found a = {noise_growth}, b = {size_growth}")
    r = min(source, 1.0)
    share = (size_growth - noise_growth) / (2 * beta * r + 1)
    return PenaltyRule(min(share * beta, beta), share * 2 * beta * r)


def predicted_rate(
    exponent: ArrayLike, *, beta: float, source: float, noise_growth: float, size_growth: float
) -> NDArray[np.float64]:
    """Rate at which the excess risk falls with T under lambda = T^-l: the slowest of bias, variance and added error.

    min(2 r l, 1 - l / beta, b - a - l / beta): the exponents in the slides' formula, r capped at 1.

    Parameters
    ----------
    exponent : l, in [0, beta].
    beta, source, noise_growth, size_growth : as in `adaptive_penalty`.

    Examples
    --------
    >>> predicted_rate([0.0, 0.5], beta=2.0, source=0.5, noise_growth=0.0, size_growth=0.75).tolist()
    [0.0, 0.5]
    """
    fall = np.asarray(exponent, dtype=float)
    bias = 2 * min(source, 1.0) * fall
    return np.minimum(bias, min(1.0, size_growth - noise_growth) - fall / beta)


def problems(
    *,
    beta: float,
    source: float,
    noise_growth: float,
    size_growth: float,
    dimension_share: float,
    noise: float,
    n_points: Sequence[int],
    exponents: Sequence[float],
) -> Iterator[tuple[dict, dict, dict, dict]]:
    """One regression problem for each growing T, told as arguments of the functions of `regression`.

    Ridge students with lambda = T^-l after one generator with T_0 = T^b rows and sigma_0^2 = T^a. One round with
    n sigma_0^2 = T^a stands for n rounds with sigma_0^2 each: errors of fresh rounds add up. Dohmatob et al. 2024.

    Parameters
    ----------
    beta, source : capacity and source exponents beta and r.
    noise_growth, size_growth : a and b.
    dimension_share : d / T_0, in (0, 1).
    noise : sigma.
    n_points : T.
    exponents : l; 0 is a fixed penalty.

    Returns
    -------
    facts : columns of the table by l, the expected error among them.
    world, generator, student : spectrum and coefficients; T_0 and sigma_0; T and sigma.
    """
    growth = {"beta": beta, "source": source, "noise_growth": noise_growth, "size_growth": size_growth}
    for size in n_points:
        generated, dimension = generator_size(size, size_growth, dimension_share)
        spectrum, truth = power_law_problem(dimension=dimension, beta=beta, source=source)
        penalties = float(size) ** -np.asarray(exponents, dtype=float)
        world = {"spectrum": spectrum, "coefficients": truth}
        generator = {"n_generated": generated, "generated_noise": float(size) ** (noise_growth / 2)}
        student = {"n_points": size, "noise": noise}
        predicted = [ridge_error(penalty=penalty, **world, **generator, **student).after(1) for penalty in penalties]
        facts = growth | {"n_points": size, "n_generated": generated, "dimension": dimension, "exponent": exponents}
        facts |= {"penalty": penalties, "predicted": predicted, "predicted_rate": predicted_rate(exponents, **growth)}
        yield facts, world, generator, student
