"""Draws keyed by what a row is."""

from __future__ import annotations

import numpy as np
from scipy import stats

from uncollapse.randomness.hashing import hash_rows, uniforms


def test_a_hash_depends_on_every_column_and_on_their_order() -> None:
    rows = np.array([[1, 2, 3], [1, 2, 4], [0, 2, 3], [2, 1, 3]])
    found = hash_rows(rows)
    assert len(set(found.tolist())) == 4
    assert found[1] == hash_rows(rows[1:2])[0]


def test_uniforms_are_uniform_and_independent_of_their_neighbours() -> None:
    ids, rank = np.repeat(np.arange(20_000), 2), np.tile([0, 1], 20_000)
    drawn = uniforms(3, ids, rank)
    assert drawn.min() >= 0.0
    assert drawn.max() < 1.0
    assert stats.kstest(drawn, "uniform").pvalue > 1e-3
    assert abs(np.corrcoef(drawn[::2], drawn[1::2])[0, 1]) < 0.03
    assert abs(np.corrcoef(drawn, uniforms(4, ids, rank))[0, 1]) < 0.02


def test_uniforms_of_a_part_are_those_of_the_whole() -> None:
    ids = np.arange(100)
    np.testing.assert_array_equal(uniforms(1, ids)[40:], uniforms(1, ids[40:]))
