"""Answers that are empty or never end stop an experiment before students learn from them."""

import pytest

from uncollapse.errors import DataError
from uncollapse.experiments.text.stages.label import check_answers
from uncollapse.language.examples import Example
from uncollapse.language.fine_tuning import _check_answers


@pytest.mark.parametrize(("empty", "unfinished"), [(0, 0), (5, 0), (2, 3)])
def test_a_twentieth_goes_on(empty: int, unfinished: int) -> None:
    check_answers(100, empty=empty, unfinished=unfinished, longest=24, most=0.05)


@pytest.mark.parametrize(("empty", "unfinished"), [(6, 0), (0, 6), (3, 3)])
def test_more_than_a_twentieth_stops(empty: int, unfinished: int) -> None:
    words = rf"of 100 answers {empty} are empty and {unfinished} reached 24 tokens.*most_unusable"
    with pytest.raises(DataError, match=words):
        check_answers(100, empty=empty, unfinished=unfinished, longest=24, most=0.05)


def test_config_may_say_otherwise() -> None:
    check_answers(10, empty=10, unfinished=0, longest=24, most=1.0)


def test_the_very_share_is_allowed_and_one_more_is_not() -> None:
    """Also where the product is a little less, as 0.29 * 100 is."""
    for percent in range(101):
        share = float(f"{percent / 100:.2f}")
        check_answers(100, empty=percent, unfinished=0, longest=24, most=share)
        if percent < 100:
            with pytest.raises(DataError, match=rf"than most_unusable allows \({percent}%\)"):
                check_answers(100, empty=0, unfinished=percent + 1, longest=24, most=share)
    check_answers(0, empty=0, unfinished=0, longest=24, most=0.0)  # a shard without prompts


def test_answers_that_a_block_cuts_stop_training() -> None:
    """The last token of an answer that is whole is the end of the text, here 0."""
    examples = [Example([0, 5, 0], 1)] * 9 + [Example([0, 5, 6], 1)]
    _check_answers(examples, 0, block=3, most=0.1)
    with pytest.raises(DataError, match="1 of 10 answers lose their end in 3 tokens"):
        _check_answers(examples, 0, block=3, most=0.05)
    _check_answers(examples, None, block=3, most=0.0)  # a tokenizer without an end never says one
