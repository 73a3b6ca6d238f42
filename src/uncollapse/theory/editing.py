"""The data editing process of Zhu et al. 2024 (ToEdit), Sec. 3.2, simulated as it is defined.

Round 1 fits w_1 to y_1 = X w* + e_1. Round i+1 replaces the labels selected by M_i with X w_i + e_(i+1), keeps the
others, and fits again. With r_i = y_i - X w* (what is wrong with the labels) and delta_i = w_i - w*: delta_i = X^+
r_i, r_(i+1) = M_i (X delta_i + e_(i+1)) + (1 - M_i) r_i.
"""

from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

#: Never the same twice, a new draw each round, always the same, a new draw whose norm shrinks by eta each round, or all
#: of them (full replacement, eq. 8).
Policy = Literal["disjoint", "fresh", "frozen", "halving", "replace"]


class EditingRule(NamedTuple):
    """A policy, the share of labels edited at first, the shrinkage eta, and how many times to edit."""

    policy: Policy
    share: float
    eta: float
    edits: int


#: What to do about it.
PRACTICAL_RULE = (
    "Fix which positions may be edited once, before the first round, keep them well below a third of the data, and "
    "never touch the others: the untouched labels anchor the fit. A set chosen anew each round is replacement in slow "
    "motion."
)


def editing_masks(
    policy: Policy, *, n_points: int, share: float, eta: float, edits: int, rng: np.random.Generator
) -> NDArray[np.bool_]:
    """Diagonals of M_1, ..., M_n.

    Parameters
    ----------
    n_points : T.
    share : share of labels edited in the first round; rounded to whole labels.
    eta : for "halving": ||M_i|| = eta ||M_(i-1)|| in the Frobenius norm of eq. 7, so that the number of edited labels
        shrinks by eta^2. eta = sqrt(1/2) halves it.
    edits : n.

    Returns
    -------
    (n, T) bool

    Raises
    ------
    ValueError
        When disjoint sets would need more labels than there are.

    Examples
    --------
    >>> masks = editing_masks("halving", n_points=100, share=0.4, eta=0.5**0.5, edits=3, rng=np.random.default_rng(0))
    >>> masks.sum(axis=1).tolist()
    [40, 20, 10]
    """
    masks = np.zeros((edits, n_points), dtype=bool)
    size = round(share * n_points)
    if policy == "replace":
        masks[:] = True
    elif policy == "frozen":
        masks[:, rng.choice(n_points, size=size, replace=False)] = True
    elif policy == "disjoint":
        if edits * size > n_points:
            raise ValueError(f"{edits} disjoint sets of {size} labels need {edits * size} labels, there are {n_points}")
        masks[np.repeat(np.arange(edits), size), rng.permutation(n_points)[: edits * size]] = True
    else:
        shrink = eta**2 if policy == "halving" else 1.0
        for i in range(edits):
            masks[i, rng.choice(n_points, size=round(size * shrink**i), replace=False)] = True
    return masks


def edit_process(
    design: NDArray[np.float64], masks: NDArray[np.bool_], *, noise: float, rng: np.random.Generator
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Run the process once, and Theorem 1's expression (eq. 5) on the same noise.

    Parameters
    ----------
    design : (T, d), X of full column rank.
    masks : (n, T), M_1, ..., M_n.
    noise : sigma.

    Returns
    -------
    process, theorem : (n + 1, d) each, w_i - w* for i = 1, ..., n + 1: as fitted, and as eq. 5 says, X^+ (e_1 + sum_j
        M_j e_(j+1)).

    Examples
    --------
    Without edits both are the first fit:

    >>> rng = np.random.default_rng(0)
    >>> process, theorem = edit_process(rng.standard_normal((30, 2)), np.zeros((1, 30), bool), noise=1.0, rng=rng)
    >>> bool(np.allclose(process, theorem))
    True
    """
    inverse = np.linalg.pinv(design)
    wrong = noise * rng.standard_normal(len(design))
    claimed = wrong.copy()
    process, theorem = [inverse @ wrong], [inverse @ claimed]
    for mask in masks:
        fresh = noise * rng.standard_normal(len(design))
        wrong = np.where(mask, design @ process[-1] + fresh, wrong)
        claimed = claimed + np.where(mask, fresh, 0.0)
        process.append(inverse @ wrong)
        theorem.append(inverse @ claimed)
    return np.array(process), np.array(theorem)
