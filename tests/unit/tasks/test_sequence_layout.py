"""Layouts of token sequences."""

from __future__ import annotations

import pytest

from uncollapse.tasks.sequence_layout import SequenceLayout


def _layout(*choices: tuple[int, int]) -> SequenceLayout:
    return SequenceLayout(vocabulary_size=6, start_token=0, prompt_length=2, answer_choices=choices)


def test_positions_are_grouped_by_range_in_order_of_appearance() -> None:
    layout = _layout((1, 3), (3, 6), (1, 3), (1, 4))
    assert layout.answer_length == 4
    assert list(layout.positions_by_choice().items()) == [((1, 3), [0, 2]), ((3, 6), [1]), ((1, 4), [3])]


@pytest.mark.parametrize("choice", [(2, 2), (3, 2), (-1, 2), (5, 7)])
def test_a_range_must_hold_tokens_of_the_vocabulary(choice: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="no range within 6 tokens"):
        _layout((0, 6), choice)
