"""QM9's molecules from an archive laid out as qm9pack's."""

import zipfile
from pathlib import Path

import numpy as np
import pytest

from uncollapse.artifacts.parquet import as_table, read_table, write_table
from uncollapse.errors import DataError
from uncollapse.generations.data import qm9
from uncollapse.molecules.qm9 import FILES

HEADER = "XYZ_file,SMILES,Elements,XYZ_Ang,Mulliken_pop"
WATER = ("['O','H','H']", "[[-0.03,0.97,0.],[0.06,0.02,0.],[0.87,1.3,0.001]]")
ETHENE = (
    "['C','C','H','H','H','H']",
    "[[0.,0.,0.67],[0.,0.,-0.67],[0.92,0.,1.24],[-0.92,0.,1.24],[0.92,0.,-1.24],[-0.92,0.,-1.24]]",
)
FLUOROMETHANE = ("['C','F','H','H','H']", "[[0.,0.,0.],[0.,0.,1.38],[1.03,0.,-.35],[-.51,.89,-.35],[-.51,-.89,-.35]]")


def archive_of(path: Path, *files: list[tuple[str, str]]) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name, rows in zip(FILES, [*files, *[[]] * 3], strict=False):
            lines = [f'"m{n}.xyz","X","{elements}","{places}","[0.1,0.2]"' for n, (elements, places) in enumerate(rows)]
            archive.writestr(name, "\n".join([HEADER, *lines]) + "\n")
    return path


def molecules(path: Path, **keys):
    settings, inputs = qm9.Settings(name="qm9", **keys), {"package": [path]}
    number = qm9.size(settings, inputs)
    return list(qm9.read(settings, inputs, numbers=np.arange(number), seed=0))


def test_molecules_come_with_elements_and_places(tmp_path: Path) -> None:
    path = archive_of(tmp_path / "a.whl", [WATER, ETHENE], [FLUOROMETHANE])
    (part,) = molecules(path, hydrogens=True)
    assert part["elements"].to_pylist() == [[6, 6, 1, 1, 1, 1]]  # water has one heavy atom; the other file: larger ones
    np.testing.assert_allclose(part["positions"].to_pylist()[0][:6], [0, 0, 0.67, 0, 0, -0.67], rtol=1e-6)
    (part,) = molecules(path, heavy_atoms=9)
    assert part["elements"].to_pylist() == [[6, 6], [6, 9]]
    assert [len(row) for row in part["positions"].to_pylist()] == [6, 6]


def test_rows_are_chosen_by_number_and_size_and_are_whole_in_parquet(tmp_path: Path) -> None:
    path = archive_of(tmp_path / "a.whl", [ETHENE, FLUOROMETHANE, ETHENE])
    settings, inputs = qm9.Settings(name="qm9"), {"package": [path]}
    (part,) = qm9.read(settings, inputs, numbers=np.array([1, 2]), seed=0)
    write_table(tmp_path / "m.parquet", part, qm9.ROWS)
    table = read_table(tmp_path / "m.parquet", qm9.ROWS)
    assert table.column("elements").to_pylist() == [[6, 9], [6, 6]]
    assert table.equals(as_table(part, qm9.ROWS))


@pytest.mark.parametrize(
    ("row", "message"),
    [
        (("['C','Si']", "[[0.,0.,0.],[0.,0.,1.8]]"), r"row 2: element 'Si' is none of .* \(H, C, N, O, F\)"),
        (("['C','C']", "[[0.,0.,0.],[0.,0.]]"), "row 2: 5 coordinates for 2 atoms"),
        (("['C','C']", "[[0.,0.,0.],[0.,0.,x]]"), "row 2: coordinates are no numbers"),
        (("['C','C']", "[[0.,0.,0.],[0.,0.,nan]]"), "row 2: coordinates that are not finite"),
        (("['C','C']", "[[0.,0.,0.],[0.,0.,0.1]]"), "row 2: two atoms are 0.10 Å apart"),
        (("[]", "[]"), "row 2: no atoms"),
    ],
)
def test_a_broken_row_is_named(tmp_path: Path, row: tuple[str, str], message: str) -> None:
    path = archive_of(tmp_path / "a.whl", [ETHENE, row])
    with pytest.raises(DataError, match=f"a.whl: {FILES[0]}, {message}"):
        molecules(path)


def test_a_file_of_other_columns_is_named(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.whl", "w") as archive:
        archive.writestr(FILES[0], "a,b\n1,2\n")
    with pytest.raises(DataError, match="no CSV file with columns Elements"):
        molecules(tmp_path / "a.whl")
