"""One spread over seeds from many cells."""

from __future__ import annotations

import numpy as np
import pytest

from uncollapse.analysis.correctness import SeedSpread


def _cells(*, cells: int, seeds: int, spread: float, rng: np.random.Generator, prompts: int = 2000) -> list[np.ndarray]:
    """Correctness whose seeds differ by a normal with this standard deviation, in points."""
    chances = 50 + rng.normal(0, spread, (cells, seeds))
    return [100.0 * (rng.random((seeds, prompts)) < chance[:, None] / 100) for chance in chances]


def test_the_variance_is_that_of_all_cells_together() -> None:
    cells = [np.array([[0, 100, 100, 100], [0, 0, 0, 100.0]]), np.array([[100, 100, 0, 0], [100, 100, 0, 0.0]])]
    spread = SeedSpread.of(cells)
    assert spread.freedom == 2
    assert spread.variance == pytest.approx((75 - 25) ** 2 / 2 / 2)


def test_intervals_cover_the_true_difference() -> None:
    """Two seeds a cell: of 300 repetitions about 95% cover zero, which a t interval with one degree of freedom would
    only do by being six times as wide."""
    rng = np.random.default_rng(0)
    covered = []
    for _ in range(300):
        cells = _cells(cells=8, seeds=2, spread=2.0, rng=rng)
        estimate = SeedSpread.of(cells).difference(cells[0], cells[1])
        covered.append(estimate.low < 0 < estimate.high)
    assert 0.9 < np.mean(covered) <= 1.0


def test_a_given_model_adds_no_spread_of_its_own() -> None:
    cells = _cells(cells=4, seeds=2, spread=5.0, rng=np.random.default_rng(1))
    spread = SeedSpread.of(cells)
    free, fixed = (spread.difference(cells[0], cells[1][:1], fixed=fixed) for fixed in (False, True))
    assert fixed.value == free.value
    assert fixed.high - fixed.low < 0.8 * (free.high - free.low)


def test_single_seeds_leave_the_prompts_alone() -> None:
    cells = _cells(cells=3, seeds=1, spread=5.0, rng=np.random.default_rng(2), prompts=1000)
    spread = SeedSpread.of(cells)
    assert spread.freedom == 0
    assert "One seed" in spread.words
    estimate = spread.difference(cells[0], cells[1])
    gap = (cells[0] - cells[1])[0]
    assert estimate.high - estimate.low == pytest.approx(2 * 1.962 * gap.std(ddof=1) / np.sqrt(1000), rel=1e-3)
