"""Ridge students with lambda = T^-l after one generator with T_0 = T^b rows and sigma_0^2 = T^a, for growing T.

One round with n sigma_0^2 = T^a stands for n rounds with sigma_0^2 each: errors of fresh rounds add up. Dohmatob et
al. 2024, capacity and source conditions.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from uncollapse.theory.power_law import power_law_problem, predicted_rate
from uncollapse.theory.regression import excess_risk, generator_chain, ridge_students
from uncollapse.theory.regression_closed_form import ridge_error


@dataclass(frozen=True, kw_only=True)
class _Problem:
    """One T: the generator's size and noise, the truth, the penalties, and ``facts``, the columns that follow."""

    n_points: int
    n_generated: int
    generated_noise: float
    spectrum: NDArray[np.float64]
    truth: NDArray[np.float64]
    penalties: NDArray[np.float64]
    facts: dict


def adaptive_law(
    *,
    beta: float,
    source: float,
    noise_growth: float,
    size_growth: float,
    dimension_share: float,
    noise: float,
    n_points: Sequence[int],
    exponents: Sequence[float],
) -> pd.DataFrame:
    """The expected error at every T and l, in closed form.

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
    One row per T and l: beta, source, noise_growth, size_growth, n_points, n_generated, dimension, exponent, penalty,
        predicted (at this T), predicted_rate (of its fall with T).
    """
    problems = _problems(beta, source, noise_growth, size_growth, dimension_share, noise, n_points, exponents)
    return pd.concat([pd.DataFrame(problem.facts) for problem in problems], ignore_index=True)


def adaptive_sweep(
    *,
    beta: float,
    source: float,
    noise_growth: float,
    size_growth: float,
    dimension_share: float,
    noise: float,
    n_points: Sequence[int],
    exponents: Sequence[float],
    trials: int,
    rng: np.random.Generator,
) -> pd.DataFrame:
    """Simulated students beside the closed form.

    Parameters are those of `adaptive_law`, and how many training sets are drawn for each T.

    Returns
    -------
    One row per T, trial and l: the columns of `adaptive_law`, trial, excess_risk.
    """
    blocks = []
    for problem in _problems(beta, source, noise_growth, size_growth, dimension_share, noise, n_points, exponents):
        world = {"spectrum": problem.spectrum, "coefficients": problem.truth}
        for trial, stream in enumerate(rng.spawn(trials)):
            chain, _ = generator_chain(
                **world,
                n_generated=problem.n_generated,
                generated_noise=problem.generated_noise,
                rounds=1,
                same_design=False,
                rng=stream,
            )
            fitted = ridge_students(
                chain[1:],
                spectrum=problem.spectrum,
                penalties=problem.penalties,
                n_points=problem.n_points,
                noise=noise,
                rng=stream,
            )
            risk = excess_risk(fitted[:, 0], **world)
            blocks.append(pd.DataFrame(problem.facts | {"trial": trial, "excess_risk": risk}))
    return pd.concat(blocks, ignore_index=True)


def _problems(
    beta: float,
    source: float,
    noise_growth: float,
    size_growth: float,
    dimension_share: float,
    noise: float,
    n_points: Sequence[int],
    exponents: Sequence[float],
) -> Iterator[_Problem]:
    growth = {"beta": beta, "source": source, "noise_growth": noise_growth, "size_growth": size_growth}
    for size in n_points:
        generated = round(size**size_growth)
        dimension = max(2, round(dimension_share * generated))
        spectrum, truth = power_law_problem(dimension=dimension, beta=beta, source=source)
        penalties = float(size) ** -np.asarray(exponents, dtype=float)
        generated_noise = float(size) ** (noise_growth / 2)
        predicted = [
            ridge_error(
                spectrum=spectrum,
                coefficients=truth,
                penalty=penalty,
                n_points=size,
                noise=noise,
                n_generated=generated,
                generated_noise=generated_noise,
            ).after(1)
            for penalty in penalties
        ]
        facts = growth | {"n_points": size, "n_generated": generated, "dimension": dimension, "exponent": exponents}
        facts |= {"penalty": penalties, "predicted": predicted, "predicted_rate": predicted_rate(exponents, **growth)}
        yield _Problem(
            n_points=size,
            n_generated=generated,
            generated_noise=generated_noise,
            spectrum=spectrum,
            truth=truth,
            penalties=penalties,
            facts=facts,
        )
