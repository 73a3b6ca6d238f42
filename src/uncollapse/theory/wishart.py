"""Random matrices by their sufficient statistics: what n Gaussian rows leave behind, without the rows."""

import numpy as np
from numpy.typing import NDArray


def wishart_factor(degrees: int, dimension: int, rng: np.random.Generator) -> NDArray[np.float64]:
    """Lower triangular A with A A' ~ Wishart(degrees, I): the distribution of X'X for ``degrees`` rows x ~ N(0, I).

    Bartlett's decomposition: A_ii^2 ~ chi^2(degrees - i), A_ij ~ N(0, 1) below the diagonal; d^2 / 2 draws instead of
    n d.

    Parameters
    ----------
    degrees : number of rows, at least ``dimension``: with fewer, X'X is singular and has no such factor.
    dimension : d.

    Returns
    -------
    (d, d)

    Examples
    --------
    >>> wishart_factor(1000, 3, np.random.default_rng(0)).shape
    (3, 3)
    """
    if degrees < dimension:
        raise ValueError(f"a Wishart matrix of dimension {dimension} needs at least as many rows, found {degrees}")
    factor = np.tril(rng.standard_normal((dimension, dimension)), -1)
    factor[np.diag_indices(dimension)] = np.sqrt(rng.chisquare(degrees - np.arange(dimension)))
    return factor


def wishart(degrees: int, dimension: int, rng: np.random.Generator) -> NDArray[np.float64]:
    """X'X for ``degrees`` rows x ~ N(0, I_d); below d rows the rows themselves are drawn.

    >>> np.linalg.matrix_rank(wishart(2, 5, np.random.default_rng(0))).item()
    2
    """
    if degrees >= dimension:
        factor = wishart_factor(degrees, dimension, rng)
        return factor @ factor.T
    rows = rng.standard_normal((degrees, dimension))
    return rows.T @ rows
