"""Every example comes once an epoch, in an order that depends on seed and step alone."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from uncollapse.training.batches import ShuffledBatches

CPU = torch.device("cpu")


def _batches(rows: int, size: int, *, seed: int = 0) -> ShuffledBatches:
    return ShuffledBatches(rows, size, seed=seed, device=CPU)


@given(st.integers(1, 60), st.integers(1, 70), st.integers(0, 2))
def test_an_epoch_holds_no_row_twice_and_leaves_out_less_than_a_batch(rows: int, size: int, epoch: int) -> None:
    batches = _batches(rows, size)
    steps = range(epoch * batches.steps_per_epoch, (epoch + 1) * batches.steps_per_epoch)
    seen = torch.cat([batches.batch(step) for step in steps]).tolist()
    assert len(set(seen)) == len(seen) == rows - rows % min(size, rows)
    assert set(seen) <= set(range(rows))


def test_whole_batches_cover_every_row_once_an_epoch() -> None:
    batches = _batches(12, 4)
    for epoch in range(5):
        seen = torch.cat([batches.batch(3 * epoch + place) for place in range(3)])
        assert sorted(seen.tolist()) == list(range(12))


def test_rows_left_out_of_one_epoch_come_in_others() -> None:
    batches = _batches(10, 4)
    seen = {int(row) for step in range(20) for row in batches.batch(step)}
    assert seen == set(range(10))


def test_a_step_gives_the_same_rows_whichever_came_before() -> None:
    """A killed run starts in the middle of an epoch."""
    in_order = _batches(11, 3)
    expected = [in_order.batch(step).tolist() for step in range(9)]
    for step in (7, 2, 8, 0, 5):
        assert _batches(11, 3).batch(step).tolist() == expected[step]
    jumping = _batches(11, 3)
    assert [jumping.batch(step).tolist() for step in (7, 2, 8, 0, 5)] == [expected[step] for step in (7, 2, 8, 0, 5)]


def test_epochs_and_seeds_have_orders_of_their_own() -> None:
    orders = {tuple(_batches(50, 50, seed=seed).batch(epoch).tolist()) for seed in range(4) for epoch in range(4)}
    assert len(orders) == 16
    assert tuple(range(50)) not in orders


def test_no_rows() -> None:
    with pytest.raises(ValueError, match="at least one row"):
        _batches(0, 4)
