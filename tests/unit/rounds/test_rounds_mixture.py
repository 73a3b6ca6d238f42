"""Draws of a round's examples: shares by source, and no example twice before all others."""

import numpy as np
import pytest

from uncollapse.rounds.mixture import drawn, weights


@pytest.mark.parametrize(("sizes", "total"), [([5, 3, 40], 160), ([1, 1, 1], 7), ([100, 100, 100], 10)])
def test_every_source_has_its_share_and_every_example_its_turn(sizes: list[int], total: int) -> None:
    shares = weights(3, [1, 2])
    assert shares == [0.375, 0.125, 0.5]
    source, row = drawn(sizes, shares, total=total, seed=3)
    counts = np.bincount(source, minlength=3)
    assert counts.sum() == total
    assert np.abs(counts - np.array(shares) * total).max() < 1
    for number, size in enumerate(sizes):
        times = np.bincount(row[source == number], minlength=size)
        assert times.max() - times.min() <= 1
    again = drawn(sizes, shares, total=total, seed=4)[1]
    assert (again != row).any() or max(sizes) == 1
