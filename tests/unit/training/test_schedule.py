"""The learning rate at each step, by hand."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from uncollapse.training.settings import ScheduleSettings


def _factors(total: int, **settings: float) -> list[float]:
    return [ScheduleSettings(**settings).rate_factor(step, total) for step in range(total)]


def test_warmup_stable_and_decay() -> None:
    assert _factors(8, warmup_steps=2, decay_share=0.5) == [0.5, 1.0, 1.0, 1.0, 1.0, 0.75, 0.5, 0.25]


def test_without_decay_the_rate_stays() -> None:
    assert _factors(5, warmup_steps=2, decay_share=0.0) == [0.5, 1.0, 1.0, 1.0, 1.0]


def test_without_warmup_the_first_step_is_full() -> None:
    assert _factors(4, warmup_steps=0, decay_share=1.0) == [1.0, 0.75, 0.5, 0.25]


def test_warmup_and_decay_that_overlap_take_the_smaller() -> None:
    assert _factors(4, warmup_steps=4, decay_share=1.0) == pytest.approx([0.25, 0.5, 0.5, 0.25])


@given(st.integers(1, 500), st.integers(0, 600), st.floats(0, 1))
def test_every_step_learns_and_none_above_the_full_rate(total: int, warmup: int, decay: float) -> None:
    assert all(0 < factor <= 1 for factor in _factors(total, warmup_steps=warmup, decay_share=decay))
