"""Molecules with coordinates of the user's own files, .xyz and .sdf."""

import functools
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, model_validator

from uncollapse.errors import DataError
from uncollapse.generations.rows import MOLECULES as ROWS
from uncollapse.molecules.atoms import Atoms, parts_of_molecules
from uncollapse.molecules.files import SUFFIXES, molecules
from uncollapse.settings.places import no_folder
from uncollapse.settings.values import Strict

__all__ = ["ROWS", "Settings", "read", "size"]


class Settings(Strict):
    """A folder of files, each with one molecule or many."""

    name: Literal["molecule_files"]
    folder: str = Field(description="of .xyz and .sdf files, coordinates in Å")
    heavy_atoms: int | None = Field(default=None, ge=2, description="atoms beside hydrogens, at most; null for any")
    hydrogens: bool = Field(default=False, description="keep hydrogens; without, a molecule is its other atoms")

    @model_validator(mode="after")
    def _has_files(self) -> "Settings":
        if not self.files:
            words = no_folder(self.folder) or f"has no file of molecules ({', '.join(SUFFIXES)})"
            raise ValueError(f"folder {self.folder!r}: {words}")
        return self

    @property
    def files(self) -> list[str]:
        """Paths of the files, in the order in which they are read."""
        return sorted(str(path) for path in Path(self.folder).glob("*") if path.suffix.lower() in SUFFIXES)


def size(settings: Settings, inputs: Mapping[str, Sequence[Path]]) -> int:
    """Molecules of at least two heavy atoms and at most as many as asked for."""
    return len(_chosen(settings, inputs))


def read(
    settings: Settings, inputs: Mapping[str, Sequence[Path]], *, numbers: NDArray[np.int64], seed: int
) -> Iterator[dict[str, Any]]:
    """Molecules of these numbers, part by part."""
    return parts_of_molecules(_chosen(settings, inputs), numbers)


def _chosen(settings: Settings, inputs: Mapping[str, Sequence[Path]]) -> list[Atoms]:
    return _read_once(tuple(inputs.get("files", ())), settings.heavy_atoms, settings.hydrogens)


@functools.lru_cache(maxsize=1)  # a job asks for the size, then for rows
def _read_once(files: tuple[Path, ...], heavy_atoms: int | None, hydrogens: bool) -> list[Atoms]:
    found = [each for path in files for each in molecules(path)]
    fitting = [each for each in found if each.heavy >= 2 and (heavy_atoms is None or each.heavy <= heavy_atoms)]
    if found and not fitting:
        bounds = "2 or more" if heavy_atoms is None else f"2 to {heavy_atoms}"
        raise DataError(
            f"{files[0].parent}: none of its {len(found):,} molecules has {bounds} atoms beside hydrogens; give others,"
            " or raise the data's heavy_atoms"
        )
    return [each if hydrogens else each.without_hydrogens() for each in fitting]
