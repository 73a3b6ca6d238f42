"""Ridge students with lambda = T^-l after one generator with T_0 = T^b rows and sigma_0^2 = T^a, for growing T.

One round with n sigma_0^2 = T^a stands for n rounds with sigma_0^2 each: errors of fresh rounds add up. Dohmatob et
al. 2024, capacity and source conditions.
"""

from collections.abc import Iterator, Sequence

import numpy as np

from uncollapse.theory.power_law import power_law_problem, predicted_rate
from uncollapse.theory.regression_closed_form import ridge_error


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
    """One regression problem for each T, told as arguments of the functions of `regression`.

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
        generated = round(size**size_growth)
        dimension = max(2, round(dimension_share * generated))
        spectrum, truth = power_law_problem(dimension=dimension, beta=beta, source=source)
        penalties = float(size) ** -np.asarray(exponents, dtype=float)
        world = {"spectrum": spectrum, "coefficients": truth}
        generator = {"n_generated": generated, "generated_noise": float(size) ** (noise_growth / 2)}
        student = {"n_points": size, "noise": noise}
        predicted = [ridge_error(penalty=penalty, **world, **generator, **student).after(1) for penalty in penalties]
        facts = growth | {"n_points": size, "n_generated": generated, "dimension": dimension, "exponent": exponents}
        facts |= {"penalty": penalties, "predicted": predicted, "predicted_rate": predicted_rate(exponents, **growth)}
        yield facts, world, generator, student
