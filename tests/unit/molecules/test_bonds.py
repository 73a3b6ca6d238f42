"""Bonds and validity: molecules of known geometry, and RDKit's own way where all hydrogens are given."""

from itertools import pairwise

import numpy as np
import pytest

from uncollapse.molecules.bonds import CLASH, FRAGMENTS, VALENCE, bonds_of, distances
from uncollapse.molecules.elements import NUMBERS
from uncollapse.molecules.judging import judge

pytest.importorskip("rdkit")
from rdkit import Chem
from rdkit.Chem import AllChem, rdDetermineBonds


def embedded(smiles: str, *, hydrogens: bool) -> tuple[np.ndarray, np.ndarray]:
    """Elements and places of a molecule as RDKit's force field has it."""
    molecule = Chem.AddHs(Chem.MolFromSmiles(smiles))
    assert AllChem.EmbedMolecule(molecule, randomSeed=7) == 0
    AllChem.MMFFOptimizeMolecule(molecule)
    elements = np.array([atom.GetAtomicNum() for atom in molecule.GetAtoms()])
    positions = molecule.GetConformer().GetPositions()
    kept = np.full(len(elements), True) if hydrogens else elements != 1
    return elements[kept], positions[kept]


MOLECULES = [
    *("C", "N", "O", "CCO", "C=C", "C#C", "CC#N", "C=O", "CC(=O)O", "CC(N)=O", "C1CC1", "c1ccccc1", "c1ccoc1", "CF"),
    *("C1CCC1", "CC=C=O", "OCC#CCO", "Cc1cc[nH]c1"),
]


@pytest.mark.parametrize("hydrogens", [True, False])
@pytest.mark.parametrize("smiles", MOLECULES)
def test_a_known_molecule_is_found_from_its_atoms(smiles: str, hydrogens: bool) -> None:
    found = judge(*embedded(smiles, hydrogens=hydrogens), explicit_hydrogens=hydrogens)
    assert (found.smiles, found.reason) == (Chem.CanonSmiles(smiles), "")
    assert found.molecule is not None


@pytest.mark.parametrize("smiles", MOLECULES)
def test_with_hydrogens_bonds_are_those_that_rdkit_determines(smiles: str) -> None:
    elements, positions = embedded(smiles, hydrogens=True)
    rows = zip(elements.tolist(), positions, strict=True)
    lines = [f"{Chem.Atom(e).GetSymbol()} {x:.6f} {y:.6f} {z:.6f}" for e, (x, y, z) in rows]
    other = Chem.MolFromXYZBlock("\n".join([str(len(elements)), "", *lines]))
    rdDetermineBonds.DetermineBonds(other, charge=0)
    Chem.Kekulize(other, clearAromaticFlags=True)
    pairs = {tuple(sorted((b.GetBeginAtomIdx(), b.GetEndAtomIdx()))) for b in other.GetBonds()}
    mine = bonds_of(elements, positions, explicit_hydrogens=True)
    assert not isinstance(mine, str)
    assert {(bond.first, bond.second) for bond in mine} == pairs
    assert sum(bond.order for bond in mine) == sum(int(b.GetBondTypeAsDouble()) for b in other.GetBonds())


@pytest.mark.parametrize(
    ("symbols", "positions", "reason"),
    [
        ("CC", [(0, 0, 0), (0, 0, 10)], FRAGMENTS),
        ("CC", [(0, 0, 0), (0, 0, 0.9)], CLASH),
        ("FFF", [(0, 0, 0), (0, 0, 1.28), (0, 0, -1.28)], VALENCE),  # fluorine with two bonds
        ("COOO", [(0, 0, 0), (0, 0, 1.18), (0, 1.02, -0.59), (0, -1.02, -0.59)], VALENCE),  # carbon with three doubles
    ],
)
def test_what_is_no_molecule_says_why(symbols: str, positions: list, reason: str) -> None:
    elements = np.array([NUMBERS[symbol] for symbol in symbols])
    assert judge(elements, np.array(positions, dtype=float), explicit_hydrogens=False).reason == reason


@pytest.mark.parametrize("lost", [0, 4])  # the carbon, or one hydrogen
def test_methane_without_an_atom_is_none(lost: int) -> None:
    elements, positions = embedded("C", hydrogens=True)
    kept = np.arange(5) != lost
    found = judge(elements[kept], positions[kept], explicit_hydrogens=True)
    assert found.molecule is None
    assert found.reason in (FRAGMENTS, VALENCE)


def test_an_atom_alone_is_a_molecule_only_where_hydrogens_are_not_shown() -> None:
    alone = np.array([6]), np.zeros((1, 3))
    assert judge(*alone, explicit_hydrogens=False).smiles == "C"
    assert judge(*alone, explicit_hydrogens=True).reason == VALENCE


@pytest.mark.parametrize("hydrogens", [True, False])
def test_neither_motion_nor_order_nor_mirror_changes_a_molecule(hydrogens: bool) -> None:
    elements, positions = embedded("CC(=O)Oc1ccccc1", hydrogens=hydrogens)
    rng = np.random.default_rng(0)
    turn, _ = np.linalg.qr(rng.normal(size=(3, 3)))
    order = rng.permutation(len(elements))
    moved = judge(elements[order], (positions @ turn + 5)[order], explicit_hydrogens=hydrogens)
    assert moved.smiles == Chem.CanonSmiles("CC(=O)Oc1ccccc1")


def test_distances_are_those_between_atoms() -> None:
    assert distances(np.array([[0, 0, 0], [3, 4, 0]])).tolist() == [[0, 5], [5, 0]]


def test_many_bonds_of_unsure_order_take_no_long() -> None:
    """A chain of 24 carbons, every bond as near to a double as to a single one."""
    elements = np.full(24, 6)
    angles = np.cumsum([np.radians(60) * (1 if number % 2 else -1) for number in range(24)])
    steps = 1.42 * np.stack([np.cos(angles), np.sin(angles), np.zeros(24)], 1)
    found = bonds_of(elements, np.cumsum(steps, 0), explicit_hydrogens=False)
    assert not isinstance(found, str)
    assert [(bond.first, bond.second) for bond in found] == list(pairwise(range(24)))
