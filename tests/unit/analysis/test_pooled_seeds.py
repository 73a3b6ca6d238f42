"""One spread over seeds from many cells."""

from __future__ import annotations

import numpy as np
import pytest

from uncollapse.analysis.correctness import SeedSpread
from uncollapse.statistics.intervals import from_variances


def _cells(*, cells: int, seeds: int, spread: float, rng: np.random.Generator, prompts: int = 2000) -> list[np.ndarray]:
    """Correctness whose seeds differ by a normal with this standard deviation, in points."""
    chances = 50 + rng.normal(0, spread, (cells, seeds))
    return [100.0 * (rng.random((seeds, prompts)) < chance[:, None] / 100) for chance in chances]


def test_seeds_and_prompts_both_count() -> None:
    """Accuracies 75, 25 and 50, 50: a variance of 1250 / 2 over seeds with two degrees of freedom."""
    cells = {
        "a": np.array([[0, 100, 100, 100], [0, 0, 0, 100.0]]),
        "b": np.array([[100, 100, 0, 0], [100, 100, 0, 0.0]]),
    }
    spread = SeedSpread(cells)
    assert spread.seeds.shared == (pytest.approx(625.0), 2)
    gap = cells["a"].mean(0) - cells["b"].mean(0)
    expected = from_variances(0.0, [(gap.var(ddof=1) / 4, 3), (625.0, 2)])
    assert spread.difference("a", "b").high == pytest.approx(expected.high)


def test_intervals_cover_the_true_difference() -> None:
    """Two seeds a cell: of 300 repetitions about 95% cover zero, which a t interval with one degree of freedom would
    only do by being six times as wide."""
    rng = np.random.default_rng(0)
    covered = []
    for _ in range(300):
        cells = dict(enumerate(_cells(cells=8, seeds=2, spread=2.0, rng=rng)))
        estimate = SeedSpread(cells).difference(0, 1)
        covered.append(estimate.low < 0 < estimate.high)
    assert 0.9 < np.mean(covered) <= 1.0


def test_a_given_model_adds_no_spread_of_its_own() -> None:
    cells = dict(enumerate(_cells(cells=4, seeds=2, spread=5.0, rng=np.random.default_rng(1))))
    spread = SeedSpread(cells | {1: cells[1][:1]})
    free, given = (spread.difference(0, second) for second in (1, cells[1][:1]))
    assert given.value == free.value
    assert given.high - given.low < 0.8 * (free.high - free.low)


def test_single_seeds_leave_the_prompts_alone() -> None:
    cells = dict(enumerate(_cells(cells=3, seeds=1, spread=5.0, rng=np.random.default_rng(2), prompts=1000)))
    spread = SeedSpread(cells)
    assert "One seed" in spread.words
    estimate = spread.difference(0, 1)
    gap = (cells[0] - cells[1])[0]
    assert estimate.high - estimate.low == pytest.approx(2 * 1.962 * gap.std(ddof=1) / np.sqrt(1000), rel=1e-3)
