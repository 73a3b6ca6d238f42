"""Difficulties that each round labels."""

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import Field

from uncollapse.settings.values import Strict


class StepSchedule(Strict):
    """The same number of new difficulties in every round."""

    kind: Literal["step"] = "step"
    step: int = Field(default=1, ge=1, le=1000, description="new difficulties a round")


class AbruptSchedule(Strict):
    """All difficulties at once and in every round: as many as the steps would have reached, the control."""

    kind: Literal["abrupt"]
    step: int = Field(
        default=1, ge=1, le=1000, description="difficulties for each round that the run has, all asked for at once"
    )


class AcceleratedSchedule(Strict):
    """One new difficulty a round at first; later all that the models already master, and at least one."""

    kind: Literal["accelerated"]
    after: int = Field(default=3, ge=1, description="the first round that may have several new difficulties")
    by: Literal["truth", "agreement"] = Field(
        description="what tells mastery: accuracy on the test questions, as released, or on how many of them all models"
        " agree, which takes no answer"
    )
    threshold: float = Field(
        default=0.99, gt=0, le=1, description="least accuracy or agreement, of all models together"
    )


Schedule = Annotated[StepSchedule | AbruptSchedule | AcceleratedSchedule, Field(discriminator="kind")]


def new(schedule: StepSchedule | AbruptSchedule, *, start: int, number: int, rounds: int) -> list[int]:
    """Difficulties of round ``number``, from 1, of ``rounds``, where the initial data end at ``start``.

    >>> new(StepSchedule(step=2), start=10, number=3, rounds=4)
    [15, 16]
    >>> new(AbruptSchedule(kind="abrupt"), start=10, number=3, rounds=4)
    [11, 12, 13, 14]
    """
    if schedule.kind == "abrupt":
        return list(range(start + 1, start + schedule.step * rounds + 1))
    reached = start + schedule.step * (number - 1)
    return list(range(reached + 1, reached + schedule.step + 1))


def accelerated(
    schedule: AcceleratedSchedule, *, reached: int, number: int, mastery: Mapping[int, float], hardest: int
) -> list[int]:
    """Difficulties of round ``number`` after ``reached``: all that follow without a gap and are mastered, or one.

    Where ``hardest`` is reached, it stays the only one.

    >>> fast = AcceleratedSchedule(kind="accelerated", after=2, by="truth")
    >>> mastery = {11: 1.0, 12: 0.99, 13: 0.5}
    >>> [accelerated(fast, reached=10, number=number, mastery=mastery, hardest=20) for number in (1, 2)]
    [[11], [11, 12]]
    """
    mastered = reached
    while number >= schedule.after and mastery.get(mastered + 1, 0.0) >= schedule.threshold:
        mastered += 1
    last = min(max(mastered, reached + 1), hardest)
    return list(range(min(reached + 1, last), last + 1))
