"""Multiplication with worked steps (Lee et al. 2025, section 6): one partial product after another is added up.

All numbers are written from the ones on. A sample of size 2x3, 12 * 345 = 60 + 480 + 3600:

    21*543=06+084=045+0063=0414

reads: 60, and 480 makes 540, and 3600 makes 4140. Sizes are numbered as they are introduced, those whose larger number
has n digits before those of n + 1: 1x1, 1x2, 2x2, 1x3, 2x3, 3x3, ... Either number may come first.
"""

import itertools
import random
from typing import Literal

from uncollapse.rounds.question import Question
from uncollapse.settings.values import Strict


class Settings(Strict):
    """Multiplication; its difficulty numbers the sizes 1x1, 1x2, 2x2, 1x3, ..."""

    name: Literal["multiplication"]


def symbols(settings: Settings) -> str:
    """Digits and three signs."""
    return "0123456789+*="


def digits(difficulty: int) -> tuple[int, int]:
    """Digits of the smaller and the larger number.

    >>> [digits(number) for number in range(1, 8)]
    [(1, 1), (1, 2), (2, 2), (1, 3), (2, 3), (3, 3), (1, 4)]
    """
    before = difficulty - 1
    for larger in itertools.count(1):
        if before < larger:
            return before + 1, larger
        before -= larger
    raise AssertionError


def ask(difficulty: int, settings: Settings, rng: random.Random) -> Question:
    """A product of two numbers of that size, the smaller first or last, each as likely.

    >>> worked(12, 345)[:2]
    ('21*543=', '06+084=045+0063=0414')
    >>> ask(2, Settings(name="multiplication"), random.Random(1)).text
    '81*4='
    """
    lengths = list(digits(difficulty))
    if rng.random() < 0.5:
        lengths.reverse()
    first, second = (rng.randrange(10 ** (n - 1) if n > 1 else 0, 10**n) for n in lengths)
    return worked(first, second)


def worked(first: int, second: int) -> Question:
    """The question of a product with the answer's steps: a partial product for each digit of the second number."""
    total, steps = 0, []
    for place, digit in enumerate(reversed(str(second))):
        part = first * int(digit) * 10**place
        total += part
        steps.append(_written(part) if place == 0 else f"{_written(part)}={_written(total)}")
    return Question(f"{_written(first)}*{_written(second)}=", "+".join(steps))


def _written(number: int) -> str:
    return str(number)[::-1]


def is_right(answer: str, question: Question, settings: Settings) -> bool:
    """Whether the product and every step are right."""
    return answer == question.answer


def longest(difficulty: int, settings: Settings) -> int:
    """Steps and signs where every product is as long as it can be."""
    smaller, larger = digits(difficulty)
    return max(_longest(smaller, larger), _longest(larger, smaller))


def _longest(first: int, second: int) -> int:
    parts = sum(first + 1 + place for place in range(second))
    totals = sum(first + 1 + place for place in range(1, second))
    return parts + totals + 2 * (second - 1)


def spoken(difficulty: int, settings: Settings) -> str:
    """The size, smaller number first."""
    return "x".join(map(str, digits(difficulty)))


def bounds(settings: Settings) -> tuple[int, None]:
    """One; numbers have no end."""
    return 1, None
