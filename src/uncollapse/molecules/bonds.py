"""Bonds between atoms of known places: what is near enough is bonded, and lengths tell orders.

Two atoms are bonded where their distance is within :data:`TOLERANCE` of the length of a bond between their elements. Of
all orders whose lengths are as near, those are taken that fit the atoms' valences and miss the lengths least. With
hydrogens among the atoms each valence is used up; without, what is left of it is hydrogens that are not shown. An atom
with two double bonds or a triple one is linear: where its neighbours make a bend, it has one double bond at most.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from uncollapse.molecules.elements import VALENCES, bond_lengths

TOLERANCE = 0.15  # Å
_BEND = np.cos(np.radians(150))  # angles below 150° are bends
_LENGTHS = bond_lengths()
_NEAREST = np.where(np.isfinite(_LENGTHS), _LENGTHS, np.inf).min(-1) - TOLERANCE
_FARTHEST = _LENGTHS[..., 0] + TOLERANCE
CLASH, FRAGMENTS, VALENCE = "atoms too near each other", "more than one fragment", "valences do not fit"
REASONS = (CLASH, FRAGMENTS, VALENCE)


class Bond(NamedTuple):
    """Two atoms by their places in the molecule, and the order of their bond."""

    first: int
    second: int
    order: int


def distances(positions: NDArray[np.floating]) -> NDArray[np.float64]:
    """Distances (n, n) between atoms at (n, 3)."""
    return np.sqrt(((positions[:, None, :] - positions[None]).astype(np.float64) ** 2).sum(-1))


def bonded(elements: NDArray[np.integer], apart: NDArray[np.floating]) -> NDArray[np.bool_]:
    """Whether atoms of these elements (n,) at these distances (n, n) are bonded (n, n)."""
    pairs = np.ix_(elements, elements)
    return (apart <= _FARTHEST[pairs]) & ~np.eye(len(elements), dtype=bool)


def bonds_of(
    elements: NDArray[np.integer], positions: NDArray[np.floating], *, explicit_hydrogens: bool
) -> list[Bond] | str:
    """Bonds of a molecule, or which of :data:`REASONS` stands against its being one.

    Parameters
    ----------
    elements : (n,) atomic numbers.
    positions : (n, 3) Å.
    explicit_hydrogens : whether all hydrogens are among the atoms.

    >>> carbons = np.array([6, 6])
    >>> bonds_of(carbons, np.array([[0, 0, 0], [0, 0, 1.33]]), explicit_hydrogens=False)
    [Bond(first=0, second=1, order=2)]
    >>> bonds_of(carbons, np.array([[0, 0, 0], [0, 0, 10.0]]), explicit_hydrogens=False)
    'more than one fragment'
    """
    apart = distances(positions)
    near = bonded(elements, apart)
    if (near & (apart < _NEAREST[np.ix_(elements, elements)])).any():
        return CLASH
    if not _connected(near):
        return FRAGMENTS
    pairs = [(int(a), int(b)) for a, b in np.argwhere(np.triu(near))]
    choices = []
    for first, second in pairs:
        off = np.abs(_LENGTHS[elements[first], elements[second]] - apart[first, second])
        choices.append([(float(off[k]) ** 2, k + 1) for k in np.argsort(off).tolist() if off[k] <= TOLERANCE])
    if not all(choices):
        return CLASH
    free = [VALENCES[int(element)] for element in elements]
    double = [1 if bend else 2 for bend in _bent(near, positions)]
    orders = _cheapest(pairs, choices, free, double, used_up=explicit_hydrogens)
    if orders is None:
        return VALENCE
    return [Bond(*pair, order) for pair, order in zip(pairs, orders, strict=True)]


def _connected(near: NDArray[np.bool_]) -> bool:
    reached = np.zeros(len(near), dtype=bool)
    reached[0] = True
    while True:
        more = reached | near[reached].any(0)
        if (more == reached).all():
            return bool(reached.all())
        reached = more


def _bent(near: NDArray[np.bool_], positions: NDArray[np.floating]) -> list[bool]:
    """Whether any two neighbours of each atom make a bend with it."""
    found = []
    for atom, neighbours in enumerate(near):
        towards = positions[neighbours] - positions[atom]
        towards = towards / np.maximum(np.linalg.norm(towards, axis=-1, keepdims=True), 1e-9)
        found.append(bool((np.triu(towards @ towards.T > _BEND, 1)).any()))
    return found


def _cheapest(
    pairs: Sequence[tuple[int, int]],
    choices: Sequence[Sequence[tuple[float, int]]],
    free: list[int],
    double: list[int],
    *,
    used_up: bool,
) -> list[int] | None:
    """Order of each bond, of least cost in all, such that no valence is exceeded, or each used up; None if none is.

    ``double`` is how much an atom's orders may exceed those of single bonds, in all. Branch and bound, the bonds with
    fewest choices first.
    """
    turn = sorted(range(len(pairs)), key=lambda number: len(choices[number]))
    least = [0.0]  # cost of the bonds that are still to come, at best
    for number in reversed(turn):
        least.append(least[-1] + choices[number][0][0])
    least.reverse()
    last = {atom: place for place, number in enumerate(turn) for atom in pairs[number]}
    needs = [0] * len(free)  # of each atom's bonds that are still to come, the lowest orders
    for pair, some in zip(pairs, choices, strict=True):
        for atom in pair:
            needs[atom] += min(order for _, order in some)
    if any(need > has for need, has in zip(needs, free, strict=True)):
        return None
    best, found = np.inf, None
    chosen = [0] * len(pairs)

    def descend(place: int, cost: float) -> None:
        nonlocal best, found
        if cost + least[place] >= best:
            return
        if place == len(turn):
            best, found = cost, chosen.copy()
            return
        number = turn[place]
        first, second = pairs[number]
        lowest = min(order for _, order in choices[number])
        for more, order in choices[number]:
            left = [free[atom] - order - (needs[atom] - lowest) for atom in (first, second)]
            if min(left) < 0 or min(double[first], double[second]) < order - 1:
                continue
            if used_up and any(over and last[atom] == place for over, atom in zip(left, (first, second), strict=True)):
                continue
            chosen[number] = order
            for atom in (first, second):
                free[atom] -= order
                double[atom] -= order - 1
                needs[atom] -= lowest
            descend(place + 1, cost + more)
            for atom in (first, second):
                free[atom] += order
                double[atom] += order - 1
                needs[atom] += lowest

    if used_up and not pairs:
        return None  # an atom alone, such as one of carbon, is no molecule
    descend(0, 0.0)
    return found
