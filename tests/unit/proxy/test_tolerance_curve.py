"""p_* over the tolerance, and errors weighted back to the pool."""

import numpy as np
import pytest

from uncollapse.proxy.tally import Candidates
from uncollapse.proxy.tolerance_curve import error_quantiles, tolerance_curve


def drawn():
    rng = np.random.default_rng(0)
    error = rng.exponential(size=4000)
    return Candidates(error + 0.3 * rng.standard_normal(4000) < 0.7, error < 0, prompts=np.arange(4000) // 4), error


def test_each_tolerance_is_counted_anew():
    candidates, error = drawn()
    curve = tolerance_curve(candidates, error, [0.2, 0.7, 1.2], resamples=100, rng=np.random.default_rng(1))
    for row in curve.itertuples():
        right, kept = error <= row.tolerance, candidates.kept
        phi, psi = kept[right].mean(), kept[~right].mean()
        assert row.p == pytest.approx(1 - right.mean())
        assert row.kept_precision == pytest.approx(right[kept].mean())
        assert row.p_star == pytest.approx(phi / (phi + psi))
        assert row.kept_precision_low < row.kept_precision < row.kept_precision_high
    assert curve["kept_precision"].is_monotonic_increasing


def test_labels_of_part_of_a_population_give_its_curve():
    candidates, error = drawn()
    rng = np.random.default_rng(2)
    rows = np.concatenate(
        [rng.choice(np.flatnonzero(one), 800, replace=False) for one in (candidates.kept, ~candidates.kept)]
    )
    size = (float(candidates.kept.sum()), float((~candidates.kept).sum()))
    audited = candidates.of(np.isin(np.arange(4000), rows))
    options = {"resamples": 100, "rng": rng}
    whole = tolerance_curve(candidates, error, [0.7], **options)
    part = tolerance_curve(audited, error[np.sort(rows)], [0.7], population=size, **options)
    for name in ("p", "phi", "psi", "p_star"):
        assert part[name][0] == pytest.approx(whole[name][0], abs=0.04)


def test_errors_are_weighted_back_to_the_pool():
    """The selection keeps easy prompts, whose errors are small, nine times as often: by itself it looks better."""
    rng = np.random.default_rng(3)
    cells = np.repeat([0, 1], 5000)
    error = np.where(cells == 0, 1.0, 10.0) * rng.exponential(size=10_000)
    kept = rng.random(10_000) < np.where(cells == 0, 0.9, 0.1)
    found = error_quantiles(kept, error, cells=cells).set_index("level")
    assert found.loc[0.5, "kept"] < 0.5 * found.loc[0.5, "all"]
    assert found.loc[0.5, "kept_base_weighted"] == pytest.approx(found.loc[0.5, "all"], rel=0.1)


def test_weights_count_as_copies():
    error, weight = np.array([3.0, 1.0, 2.0]), np.array([1, 5, 2])
    kept = np.ones(3, bool)
    one = error_quantiles(kept, error, weight=weight.astype(float))
    other = error_quantiles(np.ones(8, bool), error.repeat(weight))
    assert one["kept"].tolist() == other["kept"].tolist()
