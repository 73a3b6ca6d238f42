"""The effective share: the part of the prompts' distribution that the kept ones still cover.

p_* supposes that keeping does not depend on the prompt. Where it does, a student trains on other prompts than it will
be asked. With cells of prompts that hold shares b of all and k of the kept, a training example of a cell counts b / k
times for the distribution of all; examples so weighted are worth as many as

    effective share = 1 / sum over cells of b^2 / k                                    (Kish 1965)

of their number: 1 where the kept are spread as all are, near 0 where cells with prompts are hardly kept.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from uncollapse.errors import DataError
from uncollapse.proxy.tally import Candidates

LEAST = 0.1  # a share below which a selection is warned of
CUTS = (8, 5, 3)  # cells of the first, second and every further numeric feature
_THIN = 0.25  # of its share of all: a cell that holds less of the kept than this


def effective_share(of_all: ArrayLike, of_kept: ArrayLike) -> float:
    """Effective share of a selection, from how many of all and of the kept lie in each cell.

    One is added to the kept of every cell, (K + 1) / (k + 1) in place of K / k. A cell of which nothing is kept then
    costs what the evidence allows: little where so few are kept that it may be chance, and ever more, so that the share
    goes to 0, the more are kept elsewhere. On average over draws of the kept the sum of b^2 / k is never overstated by
    it, and understated only by cells in which less than about one is expected: few kept prompts are no reason to warn.

    Parameters
    ----------
    of_all, of_kept : (C,) counts by cell, in the same order; cells with none of all are left out

    Returns
    -------
    The share, between 0 and 1; NaN where all or kept are none.

    Examples
    --------
    >>> round(effective_share([500, 500], [50, 50]), 2), round(effective_share([500, 500], [90, 10]), 2)
    (1.0, 0.39)
    >>> [round(effective_share([500, 500], [kept, 0]), 3) for kept in (2, 20, 2000)]
    [1.0, 0.182, 0.002]
    """
    every, kept = np.asarray(of_all, dtype=np.float64), np.asarray(of_kept, dtype=np.float64)
    if every.shape != kept.shape:
        raise ValueError(f"expected counts of the same cells, found {every.shape} and {kept.shape}")
    if not every.sum() or not kept.sum():
        return float("nan")
    share = every / every.sum()
    return min(1.0, float(1 / (share**2 * (kept.sum() + 1) / (kept + 1)).sum()))


def share_if_half_were_lost(of_all: ArrayLike, of_kept: ArrayLike) -> float:
    """Effective share that as many kept would show if nothing were kept in half of the pool, all else in proportion.

    Half is every other cell, the largest first. Where even this is no small share, so few cannot show what is lost.

    >>> [round(share_if_half_were_lost([500] * 8, [kept] * 8), 2) for kept in (5, 50)]
    [0.36, 0.04]
    """
    every, kept = np.asarray(of_all, dtype=np.float64), float(np.sum(of_kept))
    left = np.zeros(len(every), dtype=bool)
    left[np.argsort(-every, kind="stable")[1::2]] = True
    return effective_share(every, np.where(left, kept * every / max(every[left].sum(), 1.0), 0.0))


def thin_share(of_all: ArrayLike, of_kept: ArrayLike) -> float:
    """Share of all that lies in cells of which less than a quarter of their part is kept.

    >>> thin_share([500, 300, 200], [60, 39, 1])
    0.2
    """
    every, kept = np.asarray(of_all, dtype=np.float64), np.asarray(of_kept, dtype=np.float64)
    share = every / every.sum()
    return float(share[kept / kept.sum() < _THIN * share].sum())


def quantile_cells(values: NDArray[np.float64], cells: int) -> NDArray[np.int64]:
    """(N,) cell of each value, cut at its quantiles; equal values share a cell, so that there may be fewer.

    >>> quantile_cells(np.array([1.0, 5.0, 2.0, 9.0]), 2).tolist()
    [0, 1, 0, 1]
    """
    edges = np.unique(np.quantile(values, np.arange(1, cells) / cells))
    return np.searchsorted(edges, values, side="left").astype(np.int64)


def crossed(features: Sequence[NDArray[np.int64]]) -> NDArray[np.int64]:
    """(N,) cell of each combination of the features' cells, numbered from 0 without gaps.

    >>> crossed([np.array([0, 0, 1]), np.array([7, 7, 7])]).tolist()
    [0, 0, 1]
    """
    cell = np.zeros(len(features[0]), dtype=np.int64)
    for feature in features:
        cell = cell * (int(feature.max()) + 1) + feature
        _, cell = np.unique(cell, return_inverse=True)
    return cell


def success_rates(candidates: Candidates) -> NDArray[np.float64]:
    """(N,) share of its prompt's labels that are right: how easy the prompt is for the generator.

    Raises
    ------
    DataError
        Where a prompt has no label, or each has a single candidate, whose rate would be its own label.
    """
    labelled = np.ones(len(candidates.kept), dtype=bool) if candidates.labelled is None else candidates.labelled
    if candidates.prompts is None:
        raise DataError("a success rate takes several candidates a prompt: name their column with --prompt")
    number = int(candidates.prompts.max()) + 1
    labels = np.bincount(candidates.prompts[labelled], minlength=number)
    if (labels[candidates.prompts] == 0).any() or labels.max() < 2:
        raise DataError("a success rate takes labels of every prompt, and several of some; leave --success-rate out")
    right = np.bincount(candidates.prompts[labelled], candidates.right[labelled], minlength=number)
    return (right / np.maximum(labels, 1))[candidates.prompts]
