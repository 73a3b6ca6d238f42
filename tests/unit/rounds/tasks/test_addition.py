import random

import pytest

from uncollapse.rounds.tasks import addition
from uncollapse.rounds.tasks.addition import Settings


@pytest.mark.parametrize("order", ["reverse", "forward"])
@pytest.mark.parametrize("digits", [1, 2, 30])
@pytest.mark.parametrize("base", [3, 10])
def test_samples_are_sums(order: str, digits: int, base: int) -> None:
    rng, settings = random.Random(1), Settings(name="addition", order=order, base=base)
    for _ in range(50):
        question = addition.ask(digits, settings, rng)
        step = -1 if order == "reverse" else 1
        numbers = [part[::step] for part in question.text.removesuffix("=").split("+")]
        assert [len(number) for number in numbers] == [digits, digits]
        assert sum(int(number, base) for number in numbers) == int(question.answer[::step], base)
        assert set(question.text + question.answer) <= set(addition.symbols(settings))
        assert len(question.answer) <= addition.longest(digits, settings)
        assert addition.is_right(question.answer, question, settings)
        assert not addition.is_right(question.answer + "0", question, settings)
