"""The effective share: closed form, limits, and no false alarm from few kept prompts."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from uncollapse.errors import DataError
from uncollapse.proxy.coverage import (
    LEAST,
    crossed,
    effective_share,
    quantile_cells,
    share_if_half_were_lost,
    success_rates,
    thin_share,
)
from uncollapse.proxy.tally import Candidates


@given(st.lists(st.integers(1, 50), min_size=1, max_size=30), st.integers(0, 2**32))
def test_of_many_kept_it_is_the_formula(every: list[int], seed: int) -> None:
    of_all = np.array(every)
    of_kept = np.random.default_rng(seed).integers(1, 50, len(of_all)) * 10**7
    share, kept = of_all / of_all.sum(), of_kept / of_kept.sum()
    assert effective_share(of_all, of_kept) == pytest.approx(1 / (share**2 / kept).sum(), rel=1e-4)


@given(st.lists(st.integers(0, 40), min_size=2, max_size=12), st.integers(0, 2**32))
def test_it_is_a_share(every: list[int], seed: int) -> None:
    of_kept = np.random.default_rng(seed).integers(0, 5, len(every))
    found = effective_share(every, of_kept)
    assert math.isnan(found) == (not sum(every) or not of_kept.sum())
    assert math.isnan(found) or 0 < found <= 1


def test_a_cell_of_which_nothing_is_kept_takes_the_share_to_zero_as_the_others_grow() -> None:
    found = [effective_share([90, 10], [kept, 0]) for kept in (5, 50, 500, 50_000)]
    assert found == sorted(found, reverse=True)
    assert found[0] > 0.9  # five of five in nine tenths of the pool are no surprise
    assert found[-1] < 0.003


@pytest.mark.parametrize("kept", [20, 100, 1000])
def test_random_selections_are_not_warned_of(kept: int) -> None:
    """Forty cells, as the tool cuts two features, and a selection at random."""
    rng = np.random.default_rng(0)
    pool = rng.multinomial(5000, np.full(40, 1 / 40))
    found = [effective_share(pool, rng.multinomial(kept, pool / 5000)) for _ in range(500)]
    assert min(found) > 2 * LEAST
    assert np.mean([1 / share for share in found]) < 1.1


def test_the_sum_is_right_on_average() -> None:
    """(K + 1) / (k + 1) has the mean (1 - (1 - k) ** (K + 1)) / k: right where more than a few are expected."""
    rng = np.random.default_rng(1)
    pool, kept = np.array([0.25, 0.25, 0.5]), np.array([0.05, 0.15, 0.8])
    drawn = rng.multinomial(200, kept, size=20_000)
    mean = np.mean([(pool**2 * 201 / (counts + 1)).sum() for counts in drawn])
    assert mean == pytest.approx((pool**2 / kept).sum(), rel=0.01)


def test_the_pool_in_thin_cells() -> None:
    assert thin_share([50, 50], [80, 20]) == 0
    assert thin_share([50, 50], [90, 10]) == 0.5


def test_what_few_kept_prompts_cannot_show_is_known() -> None:
    """Half of forty cells are hardly kept: no warning where they could be lost altogether without one."""
    pool, kept = np.full(40, 1 / 40), np.repeat([0.00064, 0.04936], 20)
    assert 1 / (pool**2 / kept).sum() == pytest.approx(0.05, abs=0.001)
    rng, warned, told = np.random.default_rng(3), {}, {}
    for number in (60, 200, 20_000):
        found = [rng.multinomial(number, kept) for _ in range(100)]
        warned[number] = np.mean([effective_share(pool, one) < LEAST for one in found])
        told[number] = share_if_half_were_lost(pool, found[0]) < LEAST
    assert (warned[60], warned[200], warned[20_000]) == (0, 0, 1)
    assert (told[60], told[200], told[20_000]) == (False, False, True)


def test_cells_are_quantiles_and_combinations() -> None:
    values = np.random.default_rng(2).normal(size=8000)
    cells = quantile_cells(values, 8)
    assert np.bincount(cells).tolist() == pytest.approx([1000] * 8, abs=2)
    assert len(set(quantile_cells(np.array([1.0, 1.0, 1.0, 2.0]), 4))) == 2
    both = crossed([cells, np.arange(8000) % 5])
    assert len(np.bincount(both)) == 40


def test_counts_of_other_cells_are_refused() -> None:
    with pytest.raises(ValueError, match="same cells"):
        effective_share([1, 2], [1, 2, 3])


def test_success_rates_are_those_of_the_prompts_labels() -> None:
    right, labelled = np.array([1, 0, 1, 1], bool), np.array([1, 1, 1, 0], bool)
    candidates = Candidates(right, right, labelled, np.array([0, 0, 1, 1]))
    assert success_rates(candidates).tolist() == [0.5, 0.5, 1.0, 1.0]
    with pytest.raises(DataError, match="--prompt"):
        success_rates(Candidates(right, right))
    with pytest.raises(DataError, match="labels of every prompt"):
        success_rates(Candidates(right, right, labelled, np.array([0, 0, 1, 2])))
