"""The place of the transition at p*, on made-up breakdown points."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from uncollapse.products.claims.feng_breakdown import transition_sharpens


def breakdown(spread: float) -> pd.DataFrame:
    """Transitions of width 1 / sqrt(N) around p* of two thirds, which trials at the largest N miss by ``spread``."""
    rows = []
    for n_points in (100, 400, 1600):
        for trial, miss in enumerate((-1.0, 0.0, 1.0, 0.5)):
            for level, side in ((0.9, -0.5), (0.5, 0.0), (0.1, 0.5)):
                at = 2 / 3 + side / np.sqrt(n_points) * (1 + 0.01 * trial) + miss * spread * (n_points == 1600)
                rows.append((n_points, 1.0, 0.5, trial, "d and N", level, at, 2 / 3))
    columns = ["n_points", "phi", "psi", "trial", "growth", "level", "measured", "breakdown_point"]
    return pd.DataFrame(rows, columns=columns)


@pytest.mark.parametrize(("spread", "verdict"), [(0.001, "reproduced"), (0.03, "inconclusive")])
def test_the_whole_interval_of_the_offset_lies_within_the_width(spread: float, verdict: str) -> None:
    """Either mean is, by far; of trials that spread by more than the width, 0.025, it says nothing."""
    found = transition_sharpens(breakdown(spread), rng=np.random.default_rng(0))
    assert found.high < 0
    assert found.verdict == verdict
