"""Answers in which nothing is impossible, which a task can tell without knowing the right one: a maze's moves, say."""

from typing import Annotated, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from uncollapse.rounds.written import Answers
from uncollapse.settings.values import Name, Strict, Unique


class Settings(Strict):
    """The checks that an answer must pass."""

    kind: Literal["valid"]
    checks: Annotated[list[Name], Unique] = Field(min_length=1, description="of the task, such as moves and ends")

    def misfit(self, models: int, checks: list[str]) -> str | None:
        """Words for a check that the task does not have."""
        unknown = [name for name in self.checks if name not in checks]
        known = ", ".join(checks) or "none"
        return f"the task has no check {unknown[0]!r}; known: {known}" if unknown else None


def keep(answers: Answers, settings: Settings) -> NDArray[np.bool_]:
    """Whether an answer passes every check."""
    checks = [answers.task.CHECKS[name] for name in settings.checks]
    judged = [
        [
            all(check(answer, question, answers.settings) for check in checks)
            for answer, question in zip(mine, answers.questions, strict=True)
        ]
        for mine in answers.texts
    ]
    return np.array(judged, dtype=bool)
