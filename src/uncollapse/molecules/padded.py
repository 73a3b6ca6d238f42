"""Molecules as arrays of one size: atoms that a molecule lacks are zeros."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from uncollapse.artifacts.parquet import arrays_of
from uncollapse.errors import DataError
from uncollapse.molecules.atoms import Atoms
from uncollapse.molecules.elements import HYDROGEN, KNOWN, SYMBOLS


@dataclass(frozen=True)
class Padded:
    """B molecules of at most N atoms.

    elements : (B, N) int64 atomic numbers; 0 for none.
    positions : (B, N, 3) float32 Å, the mean of each molecule's atoms at the origin; 0 for none.
    """

    elements: NDArray[np.int64]
    positions: NDArray[np.float32]

    @property
    def present(self) -> NDArray[np.bool_]:
        """Whether there is an atom (B, N)."""
        return self.elements > 0

    @property
    def sizes(self) -> NDArray[np.int64]:
        """Atoms of each molecule (B,)."""
        return self.present.sum(1)


def padded(rows: pa.Table) -> Padded:
    """Molecules of a table with columns elements and positions.

    Raises
    ------
    DataError
        For a row without atoms, with an element that is not known, or without three coordinates an atom; it says which.
    """
    elements, positions = arrays_of(rows["elements"]), arrays_of(rows["positions"])
    longest = max(map(len, elements), default=0)
    numbers = np.zeros((len(elements), longest), dtype=np.int64)
    places = np.zeros((len(elements), longest, 3), dtype=np.float32)
    for row, (kinds, flat) in enumerate(zip(elements, positions, strict=True)):
        if not len(kinds) or len(flat) != 3 * len(kinds):
            raise DataError(f"row {row}: {len(kinds)} atoms with {len(flat)} coordinates; each atom has three")
        if unknown := sorted(set(kinds.tolist()) - set(SYMBOLS)):
            raise DataError(f"row {row}: atomic number {unknown[0]} is of no element that the model knows ({KNOWN})")
        own = flat.reshape(-1, 3)
        numbers[row, : len(kinds)] = kinds
        places[row, : len(kinds)] = own - own.mean(0)
    return Padded(numbers, places)


def check_hydrogens(rows: Padded, *, explicit: bool) -> None:
    """Hold molecules against what a model is told of hydrogens.

    Raises
    ------
    DataError
        Where hydrogens are among the atoms of a model that takes none, or none are where all should be.
    """
    found = (rows.elements == HYDROGEN).any(1)
    if found.any() and not explicit:
        raise DataError(
            f"row {int(found.argmax())} has hydrogens, but the model takes them as implied; set the model's hydrogens"
            " to explicit, or those of the data to false"
        )
    if explicit and not found.any():
        raise DataError("no row has hydrogens, but the model expects all; set its hydrogens to implied")


def atoms_of_rows(elements: NDArray[np.integer], positions: NDArray[np.floating], sizes: Sequence[int]) -> list[Atoms]:
    """Molecules of arrays (B, N) and (B, N, 3), of so many atoms each."""
    return [
        Atoms(kinds[:size].astype(np.int8), places[:size].astype(np.float32))
        for kinds, places, size in zip(elements, positions, sizes, strict=True)
    ]
