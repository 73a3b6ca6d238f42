"""How much of the prompts' distribution the kept prompts still cover, which p_* does not see.

Prompts fall into cells of their features. With b the share of all prompts in a cell and k that of the kept ones, a
student that learns from kept prompts sees a prompt of the cell k / b times as often as it will be asked one. The
*effective share* is what importance weights b / k leave of the kept prompts as an effective sample size (Kish 1965):

    1 / sum(b^2 / k)        1 where prompts are kept at one rate everywhere, near 0 where cells are hardly left
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

CELLS = (8, 5)  # quantile cells of the first feature, and of the second within each of these


def cells(features: Sequence[NDArray[np.float64]], *, counts: Sequence[int] = CELLS) -> NDArray[np.int64]:
    """Cell (N,) of each prompt: quantiles of all prompts' first feature, crossed with those of the next.

    Parameters
    ----------
    features : (N,) each; those beyond ``counts`` are left out.
    counts : quantile cells of each feature, equally full where values do not repeat.

    >>> cells([np.arange(4.0)], counts=[2]).tolist()
    [0, 0, 1, 1]
    """
    place = np.zeros(len(features[0]), dtype=np.int64)
    for values, count in zip(features, counts, strict=False):
        edges = np.unique(np.quantile(values, np.arange(1, count) / count))
        place = place * (len(edges) + 1) + np.searchsorted(edges, values, side="right")
    return place


def effective_share(of_all: ArrayLike, of_kept: ArrayLike) -> float:
    """1 / sum(b^2 / k) over cells, from counts (C,) of all prompts and of the kept ones; NaN where none is kept.

    As if one more prompt were kept, drawn from all: a cell of which nothing is kept then counts as nearly, not as
    entirely, lost, and the share of few kept prompts does not hang on a single empty cell.

    >>> effective_share([50, 50], [20, 20]), round(effective_share([50, 50], [999, 0]), 4)
    (1.0, 0.002)
    """
    every, kept = np.asarray(of_all, dtype=np.float64), np.asarray(of_kept, dtype=np.float64)
    if kept.sum() == 0:
        return float("nan")
    base = every / every.sum()
    here = base > 0
    share = (kept + base) / (kept.sum() + 1)
    return float(1 / (base[here] ** 2 / share[here]).sum())
