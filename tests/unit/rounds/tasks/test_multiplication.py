import random

from uncollapse.rounds.tasks import multiplication
from uncollapse.rounds.tasks.multiplication import Settings

SETTINGS = Settings(name="multiplication")


def test_every_step_is_right() -> None:
    rng = random.Random(3)
    for difficulty in range(1, 16):
        for _ in range(40):
            question = multiplication.ask(difficulty, SETTINGS, rng)
            first, second = (part[::-1] for part in question.text.removesuffix("=").split("*"))
            assert sorted((len(first), len(second))) == list(multiplication.digits(difficulty))
            assert int(question.answer.split("=")[-1].split("+")[-1][::-1]) == int(first) * int(second)
            total = 0
            for number, step in enumerate(question.answer.split("+")):
                part, _, told = step.partition("=")
                assert int(part[::-1]) == int(first) * int(second[::-1][number]) * 10**number
                total += int(part[::-1])
                assert number == 0 or int(told[::-1]) == total
            assert len(question.answer) <= multiplication.longest(difficulty, SETTINGS)


def test_the_longest_answer_is_reached() -> None:
    assert len(multiplication.worked(99, 99).answer) == multiplication.longest(3, SETTINGS) == len("198+0198=1089")


def test_the_paper_begins_with_sizes_up_to_five_digits() -> None:
    sizes = [multiplication.spoken(difficulty, SETTINGS) for difficulty in range(1, 23)]
    assert sizes[14:17] == ["5x5", "1x6", "2x6"]
    assert sizes[-1] == "1x7"
