"""Copying or reversing a string (Lee et al. 2025, section 4). Samples of difficulty 4:

7302=7302
7302=2037
"""

import random
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from uncollapse.rounds.question import Question
from uncollapse.settings.values import Strict


class Settings(Strict):
    """Copy or reverse; its difficulty is the number of characters."""

    name: Literal["strings"]
    answer: Literal["copy", "reverse"]
    alphabet: Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-z]+$", min_length=2)] = Field(
        default="0123456789", description="characters that strings are drawn from, each as likely as it is often here"
    )


def symbols(settings: Settings) -> str:
    """The alphabet and a sign."""
    return "".join(sorted(set(settings.alphabet))) + "="


def ask(difficulty: int, settings: Settings, rng: random.Random) -> Question:
    """A string of ``difficulty`` characters.

    >>> ask(3, Settings(name="strings", answer="reverse"), random.Random(0))[:2]
    ('874=', '478')
    """
    text = "".join(rng.choices(settings.alphabet, k=difficulty))
    return Question(f"{text}=", text if settings.answer == "copy" else text[::-1])


def is_right(answer: str, question: Question, settings: Settings) -> bool:
    """Whether all characters are right."""
    return answer == question.answer


def longest(difficulty: int, settings: Settings) -> int:
    """The string's length."""
    return difficulty


def spoken(difficulty: int, settings: Settings) -> str:
    """The number of characters."""
    return str(difficulty)


def bounds(settings: Settings) -> tuple[int, None]:
    """One; strings have no end."""
    return 1, None
