"""Addition of two numbers of equally many digits, all written from either end (Lee et al. 2025, sections 4 and 5).

A sample of difficulty 3, 123 + 459 = 582, in reverse order, where every digit of the answer follows from three that
came before it, and in forward order, where the first one depends on all:

    321+954=285
    123+459=582
"""

import random
from typing import Literal

from pydantic import Field

from uncollapse.rounds.question import Question
from uncollapse.settings.values import Strict


class Settings(Strict):
    """Addition; its difficulty is the number of digits of either number."""

    name: Literal["addition"]
    order: Literal["reverse", "forward"] = Field(
        default="reverse", description="reverse: the ones first, in numbers and answer; forward: as people write"
    )
    base: int = Field(default=10, ge=2, le=10, description="of all numbers; a small one is learned in fewer steps")


def symbols(settings: Settings) -> str:
    """Digits of the base and two signs."""
    return "0123456789"[: settings.base] + "+="


def ask(difficulty: int, settings: Settings, rng: random.Random) -> Question:
    """A sum of two numbers of ``difficulty`` digits that do not begin with 0 (one-digit ones may be 0).

    >>> ask(2, Settings(name="addition"), random.Random(0))[:2]
    ('95+36=', '221')
    """
    base = settings.base
    low, high = (base ** (difficulty - 1) if difficulty > 1 else 0), base**difficulty
    first, second = rng.randrange(low, high), rng.randrange(low, high)
    step = 1 if settings.order == "reverse" else -1
    written = [reversed_digits(number, base)[::step] for number in (first, second, first + second)]
    return Question(f"{written[0]}+{written[1]}=", written[2])


def reversed_digits(number: int, base: int) -> str:
    """A number's digits, the ones first.

    >>> reversed_digits(11, 10), reversed_digits(11, 2)
    ('11', '1101')
    """
    if base == 10:
        return str(number)[::-1]
    digits = []
    while number or not digits:
        number, digit = divmod(number, base)
        digits.append(str(digit))
    return "".join(digits)


def is_right(answer: str, question: Question, settings: Settings) -> bool:
    """Whether all digits are right."""
    return answer == question.answer


def longest(difficulty: int, settings: Settings) -> int:
    """One digit more than the numbers have."""
    return difficulty + 1


def spoken(difficulty: int, settings: Settings) -> str:
    """The number of digits."""
    return str(difficulty)


def bounds(settings: Settings) -> tuple[int, None]:
    """One; numbers have no end."""
    return 1, None
