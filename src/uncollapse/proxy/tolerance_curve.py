"""Graded quality: where does the line between right and wrong lie, and what does a selection look like elsewhere?

p_* knows right and wrong. Where candidates have an error (or a score), each tolerance draws that line anew; a selection
that is perfect at one may be poor at a stricter one. Beside the curve stand quantiles of the kept candidates' errors as
they are, and with weights that bring the kept prompts back to the distribution of all: of the selections of this
project's default run these ordered the students better than p_* did (docs/proxy.md).
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from uncollapse.proxy.population import rates
from uncollapse.proxy.tally import Candidates, tally

LEVELS = (0.1, 0.25, 0.5, 0.75, 0.9)


def tolerance_curve(
    candidates: Candidates,
    error: NDArray[np.float64],
    tolerances: Sequence[float],
    *,
    population: tuple[float, float] | None = None,
    resamples: int,
    rng: np.random.Generator,
) -> pd.DataFrame:
    """p, phi, psi, kept precision and p_* for several tolerances.

    Parameters
    ----------
    candidates : whose ``right`` is not looked at
    error : (N,) of candidates, without a meaning where there is no label
    tolerances : right is what has an error of at most this
    population : candidates kept and dropped, see :func:`uncollapse.proxy.audit.audit`

    Returns
    -------
    One row a tolerance: tolerance, and p, phi, psi, kept_precision and p_star, each with its interval (p_low, p_high).
    Intervals are for each tolerance by itself.
    """
    rows = []
    for tolerance in tolerances:
        counts = tally(replace(candidates, right=error <= tolerance))
        counts = counts if population is None else counts.in_population(*population)
        row = {"tolerance": float(tolerance)}
        for name, found in rates(counts, resamples=resamples, rng=rng).items():
            if name not in ("psi/phi", "lift"):
                row |= {name: found.value, f"{name}_low": found.low, f"{name}_high": found.high}
        rows.append(row)
    return pd.DataFrame(rows)


def error_quantiles(
    kept: NDArray[np.bool_],
    error: NDArray[np.float64],
    *,
    weight: NDArray[np.float64] | None = None,
    cells: NDArray[np.int64] | None = None,
) -> pd.DataFrame:
    """Quantiles of the errors of all, of the kept, and of the kept weighted back to the cells' shares of all.

    Parameters
    ----------
    kept, error : (N,)
    weight : (N,) how many candidates of the population each stands for
    cells : (N,) cell of each candidate's prompt, see :mod:`uncollapse.proxy.coverage`

    Returns
    -------
    One row a level: level, all, kept, and with cells kept_base_weighted. Cells of which nothing is kept have no weight.

    Examples
    --------
    >>> kept, cells = np.array([True, True, True, False]), np.array([0, 0, 1, 1])
    >>> found = error_quantiles(kept, np.array([1.0, 1.0, 9.0, 9.0]), cells=cells)
    >>> found.loc[found["level"] == 0.5, ["kept", "kept_base_weighted"]].values.tolist()
    [[1.0, 1.0]]
    """
    weights = np.ones(len(error)) if weight is None else weight
    found = {"level": list(LEVELS), "all": _quantiles(error, weights), "kept": _quantiles(error[kept], weights[kept])}
    if cells is not None:
        number = int(cells.max()) + 1
        every = np.bincount(cells, weights, minlength=number)
        some = np.bincount(cells[kept], weights[kept], minlength=number)
        ratio = np.divide(every, some, out=np.zeros(number), where=some > 0)
        found["kept_base_weighted"] = _quantiles(error[kept], weights[kept] * ratio[cells[kept]])
    return pd.DataFrame(found)


def _quantiles(values: NDArray[np.float64], weights: NDArray[np.float64]) -> list[float]:
    if not len(values):
        return [float("nan")] * len(LEVELS)
    order = np.argsort(values, kind="stable")
    reached = np.cumsum(weights[order])
    places = np.searchsorted(reached, np.array(LEVELS) * reached[-1] * (1 - 1e-12))
    return values[order][places].tolist()
