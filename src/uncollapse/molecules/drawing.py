"""Molecules as pictures, drawn by RDKit: valid ones as chemists do, others as their atoms lie."""

import io

import numpy as np
from numpy.typing import NDArray

from uncollapse.molecules.bonds import bonded, distances
from uncollapse.molecules.judging import judge


def picture(
    elements: NDArray[np.integer], positions: NDArray[np.floating], *, explicit_hydrogens: bool, side: int = 160
) -> tuple[NDArray[np.float64], str]:
    """A picture (side, side, 3) from 0 to 1, and why there is no molecule in it: empty for a valid one.

    Parameters
    ----------
    elements : (n,) atomic numbers.
    positions : (n, 3) Å.
    explicit_hydrogens : whether all hydrogens are among the atoms.
    side : pixels.
    """
    from matplotlib import image
    from rdkit import Chem
    from rdkit.Chem import rdDepictor
    from rdkit.Chem.Draw import rdMolDraw2D

    found = judge(elements, positions, explicit_hydrogens=explicit_hydrogens)
    drawing = rdMolDraw2D.MolDraw2DCairo(side, side)
    options = drawing.drawOptions()
    options.padding = 0.12
    options.bondLineWidth = 1
    options.minFontSize = options.maxFontSize = max(10, side // 8)
    options.fixedBondLength = side / 5
    if found.molecule is not None:
        drawn = Chem.Mol(found.molecule)
        rdDepictor.Compute2DCoords(drawn)
    else:
        options.useBWAtomPalette()
        drawn = _as_it_lies(elements, positions)
    rdMolDraw2D.PrepareMolForDrawing(drawn, kekulize=found.molecule is not None, addChiralHs=False)
    drawing.DrawMolecule(drawn)
    drawing.FinishDrawing()
    pixels = image.imread(io.BytesIO(drawing.GetDrawingText()), format="png")
    return np.asarray(pixels[..., :3], dtype=np.float64), found.reason


def _as_it_lies(elements: NDArray[np.integer], positions: NDArray[np.floating]):  # noqa: ANN202
    """Atoms in the plane in which they spread most, with a single bond between neighbours; nothing is checked."""
    from rdkit import Chem, Geometry

    molecule = Chem.RWMol()
    for element in elements:
        atom = Chem.Atom(int(element))
        atom.SetNoImplicit(True)
        atom.SetProp("atomLabel", atom.GetSymbol())  # carbons too: without their bonds they would not be seen
        molecule.AddAtom(atom)
    near = bonded(np.asarray(elements), distances(positions))
    for first, second in np.argwhere(np.triu(near)).tolist():
        molecule.AddBond(first, second, Chem.BondType.SINGLE)
    centred = positions - positions.mean(0)
    _, _, axes = np.linalg.svd(centred.astype(np.float64), full_matrices=False)
    flat = centred @ axes[:2].T if len(axes) > 1 else np.pad(centred @ axes.T, ((0, 0), (0, 1)))
    conformer = Chem.Conformer(len(elements))
    for number, (x, y) in enumerate(flat[:, :2].tolist()):
        conformer.SetAtomPosition(number, Geometry.Point3D(x, y, 0.0))
    molecule.AddConformer(conformer)
    molecule.UpdatePropertyCache(strict=False)
    return molecule
