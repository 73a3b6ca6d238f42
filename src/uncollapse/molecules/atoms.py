"""Molecules as they come in: atoms with symbols and places, held against what can be learned from."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from uncollapse.errors import DataError
from uncollapse.molecules.elements import HYDROGEN, KNOWN, NUMBERS

_PART = 8192  # molecules of one part
_MOST_ATOMS = 256  # of a molecule: every one takes as much room as the largest, and work grows with the square
_TOO_NEAR = 0.3  # Å; no two atoms of any molecule are


@dataclass(frozen=True)
class Atoms:
    """One molecule.

    elements : (n,) int8 atomic numbers.
    positions : (n, 3) float32 Å.
    """

    elements: NDArray[np.int8]
    positions: NDArray[np.float32]

    def without_hydrogens(self) -> "Atoms":
        """The other atoms, in their order."""
        heavy = self.elements != HYDROGEN
        return Atoms(self.elements[heavy], self.positions[heavy])

    @property
    def heavy(self) -> int:
        """Atoms beside hydrogens."""
        return int((self.elements != HYDROGEN).sum())


def atoms_of(symbols: Sequence[str], coordinates: Sequence[float], *, where: str) -> Atoms:
    """A molecule from its atoms' symbols (n,) and coordinates (3n,) in Å.

    Parameters
    ----------
    where : file and row, for errors.

    Raises
    ------
    DataError
        For an element that is not known, coordinates that are not three finite numbers an atom, no atoms or more than
        256, and atoms on top of each other.
    """
    if not symbols:
        raise DataError(f"{where}: no atoms; correct or remove it")
    unknown = sorted({symbol for symbol in symbols if symbol not in NUMBERS})
    if unknown:
        raise DataError(
            f"{where}: element {', '.join(map(repr, unknown))} is none of those that the model knows ({KNOWN}); remove"
            " the molecule"
        )
    if len(symbols) > _MOST_ATOMS:
        raise DataError(
            f"{where}: {len(symbols):,} atoms, more than the {_MOST_ATOMS} of a small molecule; remove the molecule"
        )
    if len(coordinates) != 3 * len(symbols):
        raise DataError(
            f"{where}: {len(coordinates)} coordinates for {len(symbols)} atoms, which need three each; correct or"
            " remove it"
        )
    positions = np.array(coordinates, dtype=np.float32).reshape(-1, 3)
    if not np.isfinite(positions).all():
        raise DataError(f"{where}: coordinates that are not finite numbers; correct or remove it")
    apart = np.linalg.norm(positions[:, None] - positions[None], axis=-1) + np.eye(len(positions)) * 9
    if (nearest := apart.min()) < _TOO_NEAR:
        raise DataError(
            f"{where}: two atoms are {nearest:.2f} Å apart, less than those of any molecule; coordinates are in Å"
        )
    return Atoms(np.array([NUMBERS[symbol] for symbol in symbols], dtype=np.int8), positions)


def columns_of_molecules(molecules: Iterable[Atoms]) -> dict[str, Any]:
    """Columns elements and positions of :data:`uncollapse.generations.rows.MOLECULES`."""
    chosen = list(molecules)
    offsets = np.concatenate([[0], np.cumsum([len(each.elements) for each in chosen])]).astype(np.int32)
    elements = np.concatenate([each.elements for each in chosen] or [np.zeros(0, np.int8)])
    positions = np.concatenate([each.positions.reshape(-1) for each in chosen] or [np.zeros(0, np.float32)])
    return {
        "elements": pa.ListArray.from_arrays(pa.array(offsets), pa.array(elements)),
        "positions": pa.ListArray.from_arrays(pa.array(offsets * 3), pa.array(positions)),
    }


def parts_of_molecules(molecules: Sequence[Atoms], numbers: NDArray[np.int64]) -> Iterator[dict[str, Any]]:
    """Columns of the molecules of these numbers, part by part."""
    for start in range(0, len(numbers), _PART):
        yield columns_of_molecules(molecules[number] for number in numbers[start : start + _PART])
