"""Small molecules of QM9 with coordinates (Ramakrishnan et al. 2014), from the package qm9pack."""

import functools
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from uncollapse.generations.rows import MOLECULES as ROWS
from uncollapse.molecules.atoms import Atoms, parts_of_molecules
from uncollapse.molecules.qm9 import molecules
from uncollapse.settings.values import Strict

__all__ = ["PACKAGE", "ROWS", "Settings", "read", "size"]

PACKAGE = "qm9pack"


class Settings(Strict):
    """Molecules of carbon, nitrogen, oxygen, fluorine and hydrogen."""

    name: Literal["qm9"]
    heavy_atoms: int = Field(
        default=6,
        ge=2,
        le=9,
        description="atoms beside hydrogens, at most; 780 molecules have 2 to 6, 130,828 up to 9",
    )
    hydrogens: bool = Field(default=False, description="keep hydrogens; without, a molecule is its other atoms")


def size(settings: Settings, inputs: Mapping[str, Sequence[Path]]) -> int:
    """Molecules of at least two heavy atoms and at most as many as asked for."""
    return len(_chosen(settings, inputs))


def read(
    settings: Settings, inputs: Mapping[str, Sequence[Path]], *, numbers: NDArray[np.int64], seed: int
) -> Iterator[dict[str, Any]]:
    """Molecules of these numbers, part by part."""
    return parts_of_molecules(_chosen(settings, inputs), numbers)


def _chosen(settings: Settings, inputs: Mapping[str, Sequence[Path]]) -> list[Atoms]:
    (archive,) = inputs["package"]
    return _read_once(archive, settings.heavy_atoms, settings.hydrogens)


@functools.lru_cache(maxsize=1)  # a job asks for the size, then for rows
def _read_once(archive: Path, heavy_atoms: int, hydrogens: bool) -> list[Atoms]:
    found = (each for each in molecules(archive, heavy_atoms=heavy_atoms) if each.heavy >= 2)
    return [each if hydrogens else each.without_hydrogens() for each in found]
