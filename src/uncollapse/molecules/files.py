"""Molecules of files: .xyz (one after another) and .sdf."""

from collections.abc import Iterator
from pathlib import Path

from uncollapse.errors import DataError
from uncollapse.molecules.atoms import Atoms, atoms_of

SUFFIXES = (".sdf", ".xyz")


def molecules(path: Path) -> Iterator[Atoms]:
    """Every molecule of a file, hydrogens included where it has them; coordinates in Å.

    Raises
    ------
    DataError
        For a file of another kind, one that is no text, is cut off or has no molecule, and a molecule that cannot be
        learned from; it names the file and the line (.xyz) or the record (.sdf).
    """
    readers = {".xyz": _of_xyz, ".sdf": _of_sdf}
    if path.suffix.lower() not in readers:
        raise DataError(f"{path}: molecules are read from {' and '.join(SUFFIXES)} files; convert or remove it")
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise DataError(f"{path}: cannot be read ({error.strerror}); remove it, or make it readable") from None
    except UnicodeDecodeError as error:
        raise DataError(f"{path}: no text ({error}); remove it, or unpack it where it is compressed") from None
    found = readers[path.suffix.lower()](text, str(path))
    first = next(found, None)
    if first is None:
        raise DataError(f"{path}: no molecule in it; it is empty, or of another kind than its name says: remove it")
    yield first
    yield from found


def _of_xyz(text: str, name: str) -> Iterator[Atoms]:
    """Frames: the number of atoms, a line of comment, and a line for each atom: symbol, x, y, z and what may follow."""
    lines = text.splitlines()
    place = 0
    while place < len(lines):
        if not lines[place].strip():
            place += 1
            continue
        where = f"{name}, line {place + 1}"
        try:
            number = int(lines[place])
        except ValueError:
            raise DataError(f"{where}: a number of atoms is expected, found {lines[place][:40]!r}; mend it") from None
        atoms = [line.split() for line in lines[place + 2 : place + 2 + number]]
        if number < 1 or len(atoms) < number:
            raise DataError(f"{where}: {number} atoms are announced, {len(atoms)} follow; the file is cut off or wrong")
        try:
            coordinates = [float(value) for atom in atoms for value in _three(atom)]
        except ValueError as error:
            raise DataError(f"{where}: an atom's line needs a symbol and three numbers ({error}); correct it") from None
        yield atoms_of([atom[0] for atom in atoms], coordinates, where=where)
        place += 2 + number


def _three(atom: list[str]) -> list[str]:
    if len(atom) < 4:
        raise ValueError(f"found {' '.join(atom)!r}")
    return atom[1:4]


def _of_sdf(text: str, name: str) -> Iterator[Atoms]:
    """Records, as RDKit reads them; bonds are not looked at."""
    from rdkit import Chem, rdBase

    supplier = Chem.SDMolSupplier()
    with rdBase.BlockLogs():
        supplier.SetData(text, sanitize=False, removeHs=False)
        for number in range(len(supplier)):
            where = f"{name}, record {number + 1}"
            molecule = supplier[number]
            if molecule is None:
                raise DataError(f"{where}: RDKit cannot read it; correct or remove it")
            if not molecule.GetNumConformers() or not molecule.GetConformer().Is3D():
                raise DataError(f"{where}: has no coordinates in space; give it some, or remove it")
            charged = [atom.GetSymbol() for atom in molecule.GetAtoms() if atom.GetFormalCharge()]
            if charged:
                text = f"{where}: {charged[0]} has a charge, and the model knows neutral atoms alone"
                raise DataError(f"{text}; remove the molecule, or write it without charges")
            symbols = [atom.GetSymbol() for atom in molecule.GetAtoms()]
            yield atoms_of(symbols, molecule.GetConformer().GetPositions().reshape(-1).tolist(), where=where)
