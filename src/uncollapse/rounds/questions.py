"""Questions of a difficulty, drawn so that none a model is tested on is one that it learns from.

A question is for tests where a hash of its text points to one eighth, and for training otherwise, whatever it is drawn
for: the initial data and every round are held to it. Small tasks have too few questions for that (there are ten strings
of one digit): where many draws in a row fall to the other side, all questions of that difficulty serve both.
"""

import hashlib
import random
from types import ModuleType
from typing import Any

from uncollapse.rounds.question import Question

TEST, START = "test", "start"  # purposes beside the numbers of rounds
_TESTED = 32  # of 256
_PATIENCE = {True: 200, False: 25}  # draws in a row, for tests and for training, that miss by chance once in 1e11


def draw(
    task: ModuleType, settings: Any, *, difficulty: int, count: int, seed: int, purpose: str | int
) -> list[Question]:
    """``count`` questions of a difficulty; a longer list begins with a shorter one.

    Parameters
    ----------
    seed, purpose : what the draws are keyed by, beside the difficulty: TEST, START, or the number of a round.
    """
    key = hashlib.sha256(f"questions {seed} {purpose} {difficulty}".encode()).digest()
    rng = random.Random(int.from_bytes(key[:16], "little"))
    tested = purpose == TEST
    found: list[Question] = []
    missed = 0
    while len(found) < count:
        question = task.ask(difficulty, settings, rng)
        if missed < _PATIENCE[tested] and _is_for_tests(question) != tested:
            missed += 1
            continue
        missed = 0 if missed < _PATIENCE[tested] else missed
        found.append(question)
    return found


def _is_for_tests(question: Question) -> bool:
    return hashlib.blake2b(question.text.encode(), digest_size=1).digest()[0] < _TESTED


def shares(total: int, difficulties: int) -> list[int]:
    """Questions of each of some difficulties, as even as they can be.

    >>> shares(10, 3)
    [4, 3, 3]
    """
    return [total // difficulties + (place < total % difficulties) for place in range(difficulties)]
