"""Measures of collapse: by hand, against brute force, and on samples of the truth."""

import numpy as np
import pytest
from scipy.spatial.distance import cdist, pdist

from uncollapse.errors import DataError
from uncollapse.generations.panel import NEIGHBOURS, mean_distance, measures, nearest

RNG = np.random.default_rng(0)
HELD_OUT, LEARNED = RNG.normal(size=(700, 3)), RNG.normal(size=(900, 3))


def test_neighbours_are_those_of_brute_force() -> None:
    for own, among in ((False, LEARNED), (True, HELD_OUT)):
        distances, places = nearest(HELD_OUT, among, count=4, own=own)
        every = cdist(HELD_OUT, among)
        if own:
            np.fill_diagonal(every, np.inf)
        np.testing.assert_allclose(distances, np.sort(every, axis=1)[:, :4], atol=1e-6)
        np.testing.assert_array_equal(places, np.argsort(every, axis=1)[:, :4])
    assert mean_distance(HELD_OUT) == pytest.approx(pdist(HELD_OUT).mean())


def test_rows_of_the_truth_look_like_it() -> None:
    found = measures(RNG.normal(size=(800, 3)), held_out=HELD_OUT, learned=LEARNED)
    yardstick = measures(LEARNED, held_out=HELD_OUT, learned=LEARNED, own=True)
    assert found["diversity"] == pytest.approx(yardstick["diversity"], rel=0.03)
    # a ball holds none of 800 as often as none of its own 700 beyond the fifth: rarely
    assert found["coverage"] > 0.95
    assert found["precision"] > 0.95
    assert found["tail_mass"] == pytest.approx(yardstick["tail_mass"], abs=0.05)
    assert found["memorised"] < 0.1


def test_a_narrow_copy_loses_diversity_coverage_and_tails_but_not_precision() -> None:
    found = measures(0.3 * RNG.normal(size=(800, 3)), held_out=HELD_OUT, learned=LEARNED)
    assert found["diversity"] == pytest.approx(0.3 * mean_distance(LEARNED), rel=0.05)
    assert found["precision"] > 0.99
    assert found["coverage"] < 0.6
    assert found["tail_mass"] < 0.01


def test_rows_elsewhere_are_covered_by_no_real_row() -> None:
    found = measures(RNG.normal(size=(100, 3)) + 20, held_out=HELD_OUT, learned=LEARNED)
    assert (found["precision"], found["coverage"]) == (0, 0)


def test_copies_are_memorised() -> None:
    half = np.concatenate([LEARNED[:100], RNG.normal(size=(100, 3))])
    assert measures(half, held_out=HELD_OUT, learned=LEARNED)["memorised"] == pytest.approx(0.5, abs=0.07)


def test_rows_that_are_all_the_same_are_one_row_many_times() -> None:
    same = np.ones((20, 3))
    held_out = np.random.default_rng(0).normal(size=(10, 3))
    found = measures(same, held_out=held_out, learned=held_out)
    assert found["diversity"] == 0
    assert found["precision"] in (0, 1)
    assert measures(same, held_out=same, learned=same, own=True) == {
        "diversity": 0, "precision": 1, "coverage": 1, "tail_mass": 0, "memorised": 1,
    }  # fmt: skip


def test_measures_by_hand() -> None:
    held_out = np.array([[0.0], [1], [2], [3], [4], [5], [20]])  # fifth neighbours: 5 4 3 3 4 5 19; the last is lonely
    learned = np.array([[0.0], [10], [20], [30], [40], [50]])
    points = np.array([[0.4], [0.5], [18.0], [60.0], [0.6], [0.7]])
    found = measures(points, held_out=held_out, learned=learned)
    assert found["precision"] == pytest.approx(5 / 6)  # 60 lies farther than 19 from 20
    assert found["coverage"] == 1.0  # 18 is within 19 of 20, and 0.4 to 0.7 near all others
    assert found["tail_mass"] == pytest.approx(2 / 6)  # 18 and 60 lie nearest to 20
    assert found["memorised"] == pytest.approx(5 / 6)  # 18 is 2 from 20 and 8 from 10; 60 is as 10 to 20


@pytest.mark.parametrize("short", ["points", "held_out", "learned"])
def test_too_few_rows_are_an_error_that_says_how_many(short: str) -> None:
    given = {"points": LEARNED, "held_out": HELD_OUT, "learned": LEARNED} | {short: LEARNED[:NEIGHBOURS]}
    with pytest.raises(DataError, match=r"5 .* rows: the measures take more than 5"):
        measures(given["points"], held_out=given["held_out"], learned=given["learned"])
