"""Molecules as RDKit sees them: what is one, and which."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from uncollapse.artifacts.parquet import arrays_of
from uncollapse.molecules.bonds import VALENCE, bonds_of

if TYPE_CHECKING:
    from rdkit import Chem


@dataclass(frozen=True)
class Judged:
    """A molecule that RDKit takes, or why there is none.

    molecule : None where the atoms make no molecule.
    smiles : its canonical name, without stereochemistry; empty where there is none.
    reason : one of :data:`uncollapse.molecules.bonds.REASONS`; empty for a molecule.
    """

    molecule: Chem.Mol | None = None
    smiles: str = ""
    reason: str = ""


def judge(elements: NDArray[np.integer], positions: NDArray[np.floating], *, explicit_hydrogens: bool) -> Judged:
    """Bonds found, and the whole checked by RDKit's sanitization (valences, rings, aromaticity).

    Parameters
    ----------
    elements : (n,) atomic numbers.
    positions : (n, 3) Å.
    explicit_hydrogens : whether all hydrogens are among the atoms.
    """
    from rdkit import Chem, rdBase

    bonds = bonds_of(elements, positions, explicit_hydrogens=explicit_hydrogens)
    if isinstance(bonds, str):
        return Judged(reason=bonds)
    kinds = {1: Chem.BondType.SINGLE, 2: Chem.BondType.DOUBLE, 3: Chem.BondType.TRIPLE}
    molecule = Chem.RWMol()
    for element in elements:
        atom = Chem.Atom(int(element))
        atom.SetNoImplicit(explicit_hydrogens)
        molecule.AddAtom(atom)
    for first, second, order in bonds:
        molecule.AddBond(first, second, kinds[order])
    with rdBase.BlockLogs():
        try:
            Chem.SanitizeMol(molecule)
            whole = Chem.RemoveHs(molecule.GetMol())
        except (Chem.MolSanitizeException, ValueError):
            return Judged(reason=VALENCE)
    return Judged(molecule=whole, smiles=Chem.MolToSmiles(whole))


def judged(rows: pa.Table, *, explicit_hydrogens: bool) -> Iterator[Judged]:
    """Each molecule of a table with columns elements and positions, in turn."""
    for elements, positions in zip(arrays_of(rows["elements"]), arrays_of(rows["positions"]), strict=True):
        yield judge(elements, positions.reshape(-1, 3), explicit_hydrogens=explicit_hydrogens)
