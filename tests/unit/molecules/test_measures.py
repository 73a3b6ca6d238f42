"""Numbers on written molecules, and descriptors, on molecules whose numbers are known."""

import numpy as np
import pyarrow as pa
import pytest

from uncollapse.artifacts.parquet import as_table
from uncollapse.errors import DataError
from uncollapse.generations.rows import MOLECULES
from uncollapse.molecules.atoms import Atoms, atoms_of, columns_of_molecules
from uncollapse.molecules.descriptors import WIDTH, descriptors
from uncollapse.molecules.measures import geometry, of_molecules
from uncollapse.molecules.padded import check_hydrogens, padded

pytest.importorskip("rdkit")


def pair(symbols: str, length: float) -> Atoms:
    """Two atoms so far apart, in Å."""
    return atoms_of(list(symbols), [1, 1, 1, 1, 1, 1 + length], where="here")


def rows(*molecules: Atoms) -> pa.Table:
    return as_table(columns_of_molecules(molecules), MOLECULES)


ETHANE, ETHENE, METHANOL, APART = pair("CC", 1.53), pair("CC", 1.33), pair("CO", 1.42), pair("CC", 10)


def measured(*written: Atoms, held_out: tuple = (ETHENE, METHANOL), learned: tuple = (ETHANE,)) -> dict[str, float]:
    return of_molecules(rows(*written), held_out=rows(*held_out), learned=rows(*learned), explicit_hydrogens=False)


def test_numbers_of_four_molecules() -> None:
    found = measured(ETHANE, ETHANE, METHANOL, APART)
    assert found["validity"] == 3 / 4
    assert found["uniqueness"] == 2 / 3
    assert found["novelty"] == 1 / 2
    assert found["held_out_found"] == 1 / 2
    # sorted lengths 1.42, 1.53, 1.53 beside 1.33, 1.42: quantile functions, a third and a half of mass each
    lengths = (1 / 3) * (1.42 - 1.33) + (1 / 6) * (1.53 - 1.33) + (1 / 2) * (1.53 - 1.42)
    assert found["bond_lengths"] == pytest.approx(lengths, rel=1e-5)
    pairs = (1 / 4) * (1.42 - 1.33) + (1 / 4) * (1.53 - 1.33) + (1 / 4) * (1.53 - 1.42) + (1 / 4) * (10 - 1.42)
    assert found["pair_distances"] == pytest.approx(pairs, rel=1e-5)


def test_real_molecules_are_as_far_from_themselves_as_nothing() -> None:
    found = measured(ETHENE, METHANOL)
    assert (found["bond_lengths"], found["pair_distances"], found["held_out_found"]) == (0, 0, 1)


def test_where_no_molecule_is_valid_shares_of_valid_ones_are_unknown() -> None:
    found = measured(APART, APART)
    assert (found["validity"], found["held_out_found"]) == (0, 0)
    assert all(np.isnan(found[name]) for name in ("uniqueness", "novelty", "bond_lengths"))
    assert found["pair_distances"] > 8


def test_geometry_counts_each_pair_once() -> None:
    water = atoms_of(["H", "O", "H"], [0.96, 0, 0, 0, 0, 0, -0.24, 0.93, 0], where="here")
    bonds, pairs = geometry(padded(rows(water, ETHANE)))
    assert sorted(bonds.round(2)) == [0.96, 0.96, 1.53]
    assert sorted(pairs.round(2)) == [0.96, 0.96, 1.52, 1.53]


def test_descriptors_do_not_hang_on_place_turn_or_order() -> None:
    rng = np.random.default_rng(0)
    positions = rng.normal(size=(6, 3)).astype(np.float32) * 2
    elements = np.array([6, 6, 7, 8, 1, 9], dtype=np.int8)
    turn, _ = np.linalg.qr(rng.normal(size=(3, 3)))
    order = rng.permutation(6)
    moved = Atoms(elements[order], (positions @ turn + 4)[order].astype(np.float32))
    one, other, third = descriptors(padded(rows(Atoms(elements, positions), moved, ETHANE)))
    assert one.shape == (WIDTH,)
    np.testing.assert_allclose(one, other, atol=1e-4)
    assert np.abs(one - third).max() > 1


def test_descriptors_tell_elements_and_distances() -> None:
    first, second, third, same = descriptors(padded(rows(ETHANE, ETHENE, METHANOL, ETHANE)))
    assert np.array_equal(first, same)
    assert 0 < np.abs(first - second).sum() < np.abs(first - third).sum()
    assert first[:5].tolist() == [0, 2, 0, 0, 0]


def test_no_molecules_have_no_descriptors() -> None:
    assert descriptors(padded(rows())).shape == (0, WIDTH)


def test_rows_that_are_no_molecules_are_named() -> None:
    table = rows(ETHANE, METHANOL)
    silicon = table.set_column(0, "elements", pa.array([[6, 6], [6, 14]], pa.list_(pa.int8())))
    with pytest.raises(DataError, match=r"row 1: atomic number 14 .* \(H, C, N, O, F\)"):
        padded(silicon)
    short = table.set_column(0, "elements", pa.array([[6, 6], [6, 8, 8]], pa.list_(pa.int8())))
    with pytest.raises(DataError, match="row 1: 3 atoms with 6 coordinates"):
        padded(short)


def test_hydrogens_are_where_the_model_expects_them() -> None:
    with_hydrogen, without = padded(rows(ETHANE, pair("CH", 1.1))), padded(rows(ETHANE))
    check_hydrogens(with_hydrogen, explicit=True)
    check_hydrogens(without, explicit=False)
    with pytest.raises(DataError, match="row 1 has hydrogens"):
        check_hydrogens(with_hydrogen, explicit=False)
    with pytest.raises(DataError, match="set its hydrogens to implied"):
        check_hydrogens(without, explicit=True)
