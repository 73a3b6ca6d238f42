"""Molecules of .xyz and .sdf files, and what is wrong with others."""

from pathlib import Path

import numpy as np
import pytest

from uncollapse.artifacts.parquet import as_table
from uncollapse.errors import DataError
from uncollapse.generations.data import molecule_files as data
from uncollapse.generations.verifiers import valid_molecules
from uncollapse.generations.work import Work
from uncollapse.jobs.progress import Progress

pytest.importorskip("rdkit")
from rdkit import Chem
from rdkit.Chem import AllChem

METHANOL = "6\na comment\nC 0 0 0\nO 0 0 1.42\nH 1.0 0 -.37 extra\nH -.5 .9 -.37\nH -.5 -.9 -.37\nH .9 0 1.7e0\n"
LONG = "".join(f"C 0 0 {number}\n" for number in range(257))
ETHENE = "2\n\nC 0 0 0\nC 0 0 1.33\n"


def sdf(*smiles: str) -> str:
    """Records as RDKit writes them."""
    records = []
    for each in smiles:
        molecule = Chem.AddHs(Chem.MolFromSmiles(each))
        assert AllChem.EmbedMolecule(molecule, randomSeed=3) == 0
        records.append(Chem.MolToMolBlock(molecule) + "$$$$\n")
    return "".join(records)


def chosen(folder: Path, **keys):
    settings = data.Settings(name="molecule_files", folder=str(folder), **keys)
    inputs = {"files": [Path(file) for file in settings.files]}
    number = data.size(settings, inputs)
    parts = list(data.read(settings, inputs, numbers=np.arange(number), seed=0))
    return [part for parts in parts for part in parts["elements"].to_pylist()], parts


def test_molecules_of_all_files_come_in_the_order_of_names(tmp_path: Path) -> None:
    (tmp_path / "b.xyz").write_text(METHANOL + "\n" + ETHENE)
    (tmp_path / "a.sdf").write_text(sdf("C#N", "CF"))
    (tmp_path / "notes.txt").write_text("not molecules")
    elements, parts = chosen(tmp_path)
    assert elements == [[6, 7], [6, 9], [6, 8], [6, 6]]
    np.testing.assert_allclose(parts[0]["positions"].to_pylist()[2], [0, 0, 0, 0, 0, 1.42], atol=1e-6)
    assert [len(each) for each in chosen(tmp_path, hydrogens=True)[0]] == [3, 5, 6, 2]


def test_molecules_are_chosen_by_size(tmp_path: Path) -> None:
    (tmp_path / "a.sdf").write_text(sdf("CCC", "CF", "C"))
    assert chosen(tmp_path, heavy_atoms=2)[0] == [[6, 9]]


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.xyz", ETHENE + "1\n\nSi 0 0 0\n", r"a.xyz, line 5: element 'Si' is none of .*\(H, C, N, O, F\)"),
        ("a.xyz", ETHENE + "3\n\nC 0 0 0\n", "a.xyz, line 5: 3 atoms are announced, 1 follow"),
        ("a.xyz", "two\n\nC 0 0 0\n", "a.xyz, line 1: a number of atoms is expected, found 'two'"),
        ("a.xyz", "1\n\nC 0 0\n", "a.xyz, line 1: an atom's line needs a symbol and three numbers"),
        ("a.xyz", "1\n\nC 0 0 zero\n", "a.xyz, line 1: an atom's line needs"),
        ("a.xyz", b"\xff\xfe1", "a.xyz: no text"),
        ("a.xyz", "\n", "a.xyz: no molecule in it"),
        ("a.sdf", "junk", "a.sdf: no molecule in it"),
        ("a.sdf", sdf("CF") + sdf("CC").replace("V2000", "V2999"), "a.sdf, record 2: RDKit cannot read it"),
        ("a.xyz", "1\n\nC 0 0 nan\n", "a.xyz, line 1: coordinates that are not finite numbers"),
        ("a.xyz", ETHENE + "2\n\nC 0 0 0\nC 0 0 0.1\n", "a.xyz, line 5: two atoms are 0.10 Å apart"),
        ("a.xyz", "0\n\n", "a.xyz, line 1: 0 atoms are announced"),
        ("a.xyz", f"257\n\n{LONG}", "a.xyz, line 1: 257 atoms, more than the 256 of a small molecule"),
        ("a.sdf", sdf("CF", "C[NH3+]"), "a.sdf, record 2: N has a charge, and the model knows neutral atoms alone"),
        ("a.xyz", "1\n\nC 0 0 0\n", "none of its 1 molecules has 2 or more atoms beside hydrogens; give others"),
        ("a.sdf", sdf("CF", "CS"), "a.sdf, record 2: element 'S'"),
        ("a.sdf", Chem.MolToMolBlock(Chem.MolFromSmiles("CC")) + "$$$$\n", "a.sdf, record 1: has no coordinates"),
    ],
)
def test_what_is_no_molecule_is_named(tmp_path: Path, name: str, content: str | bytes, message: str) -> None:
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(DataError, match=message):
        chosen(tmp_path)


def test_none_of_the_sizes_asked_for_names_the_key(tmp_path: Path) -> None:
    (tmp_path / "a.sdf").write_text(sdf("CCC", "CCO"))
    with pytest.raises(DataError, match=r"none of its 2 molecules has 2 to 2 atoms .* raise the data's heavy_atoms"):
        chosen(tmp_path, heavy_atoms=2)


def test_a_file_that_is_gone_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.xyz").write_text(ETHENE)
    settings = data.Settings(name="molecule_files", folder=str(tmp_path))
    (tmp_path / "a.xyz").rename(tmp_path / "b.xyz")
    with pytest.raises(DataError, match=r"a\.xyz: cannot be read \(No such file"):
        data.size(settings, {"files": [tmp_path / "a.xyz"]})


def test_the_verifier_accepts_what_rdkit_takes(tmp_path: Path) -> None:
    (tmp_path / "a.xyz").write_text(ETHENE + "2\n\nC 0 0 0\nC 0 0 10\n" + "3\n\nC 0 0 0\nC 0 0 1.5\nC 0 1.4 2\n")
    _, (part,) = chosen(tmp_path)
    rows, work = as_table(part, valid_molecules.ROWS), Work(progress=Progress("test", unit="rows"))
    for heavy, expected in ((1, [1, 0, 1]), (3, [0, 0, 1])):
        settings = valid_molecules.Settings(kind="valid_molecules", heavy_atoms=heavy)
        state = valid_molecules.learn(rows, settings, seed=0, work=work)
        assert valid_molecules.scores(state, settings, rows, seed=0, work=work).tolist() == expected
