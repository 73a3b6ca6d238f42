"""What kept prompts still cover."""

from __future__ import annotations

import math

import numpy as np
import pytest

from uncollapse.proxy.coverage import cells, effective_share


def test_cells_are_equally_full_quantiles_of_two_features() -> None:
    rng = np.random.default_rng(0)
    first, second = rng.normal(size=(2, 40_000))
    counts = np.bincount(cells([first, second]))
    assert len(counts) == 40
    assert counts.min() > 900
    assert counts.max() < 1100


def test_values_that_repeat_share_a_cell() -> None:
    assert cells([np.array([1.0, 1, 1, 1, 5])], counts=[4]).max() == 1


def test_keeping_at_one_rate_covers_everything_and_one_cell_alone_covers_its_part() -> None:
    assert effective_share([400, 400], [40, 40]) == pytest.approx(1.0)
    # half of the prompts gone: as if one more were kept, half of it in the lost cell
    kept = np.array([1000.5, 0.5]) / 1001
    assert effective_share([1, 1], [1000, 0]) == pytest.approx(1 / (0.25 / kept).sum())
    assert math.isnan(effective_share([1, 1], [0, 0]))


def test_it_is_the_effective_sample_size_of_importance_weights() -> None:
    """Kish's (sum w)^2 / (n sum w^2) of weights b / k over the kept prompts, for many of them."""
    rng = np.random.default_rng(1)
    every, kept = np.full(5, 100_000), np.array([50_000, 20_000, 10_000, 5_000, 1_000])
    weights = np.repeat((every / every.sum()) / (kept / kept.sum()), kept)
    rng.shuffle(weights)
    assert effective_share(every, kept) == pytest.approx(
        weights.sum() ** 2 / (len(weights) * (weights**2).sum()), rel=1e-3
    )
