"""Intervals against values worked out by hand from t tables."""

from __future__ import annotations

import math

import pytest

from uncollapse.statistics.intervals import from_variances


def test_two_equal_sources_pool_their_degrees_of_freedom() -> None:
    # variances 1 + 1 at five degrees each: Satterthwaite gives ten, t = 2.228139
    estimate = from_variances(0.0, [(1.0, 5), (1.0, 5)])
    assert estimate.high == pytest.approx(2.228139 * math.sqrt(2), abs=1e-5)
