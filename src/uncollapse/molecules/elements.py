"""Elements that molecules are made of here: those of QM9."""

import numpy as np
from numpy.typing import NDArray

HYDROGEN = 1
SYMBOLS = {1: "H", 6: "C", 7: "N", 8: "O", 9: "F"}  # by atomic number
NUMBERS = {symbol: number for number, symbol in SYMBOLS.items()}
VALENCES = {1: 1, 6: 4, 7: 3, 8: 2, 9: 1}  # bonds of a neutral atom
KNOWN = ", ".join(NUMBERS)

# covalent radii in a single, double and triple bond, Å (Pyykkö and Atsumi 2009, Chem. Eur. J. 15, 186 and 12770)
_RADII = {
    1: (0.32,),
    6: (0.75, 0.67, 0.60),
    7: (0.71, 0.60, 0.54),
    8: (0.63, 0.57, 0.53),
    9: (0.64, 0.59, 0.53),
}


def bond_lengths() -> NDArray[np.float64]:
    """Length of a bond of each order between two elements, (10, 10, 3) Å by atomic numbers and order - 1.

    The sum of both radii; infinite where an element makes no such bond.

    >>> bond_lengths()[6, 6].round(2).tolist(), bond_lengths()[6, 1].round(2).tolist()
    ([1.5, 1.34, 1.2], [1.07, inf, inf])
    """
    found = np.full((10, 10, 3), np.inf)
    for first, radii in _RADII.items():
        for second, others in _RADII.items():
            orders = min(VALENCES[first], VALENCES[second], len(radii), len(others))
            for order in range(orders):
                found[first, second, order] = radii[order] + others[order]
    return found
