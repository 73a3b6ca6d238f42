r"""Mathematical answers: right where the final answer of a text equals the true one, by math-verify behind guards.

``math-verify`` compares expressions; numbers, units, percent signs, brackets, lists and words are compared here, since
it takes 50% for 50 and for 0.5, (1, 2) for {1, 2}, 1 = 2 = 5 for 5, and "riasP" for "Paris". docs/verifiers.md has the
list. Where the two readings of an answer would differ, the verdict is wrong rather than right.
"""

from typing import Any, Literal

from pydantic import Field

from uncollapse.verifiers.candidate import Candidate, Verdict, failed, right, wrong
from uncollapse.verifiers.final_answer import Where, final_answer, true_answer
from uncollapse.verifiers.limits import Limited
from uncollapse.verifiers.mathematics.comparing import compare
from uncollapse.verifiers.pattern import Pattern, found_by


class Settings(Limited):
    """Place of the answer in a text, and what counts as equal."""

    kind: Literal["math"] = "math"
    answer_from: Where = Field(default="auto", description="what is boxed, else announced, else the last number")
    answer_regex: Pattern | None = Field(default=None, description="expression whose first group is the answer")
    percent: Literal["value", "ignored"] = Field(default="value", description="50% is 0.5; or it is 50")
    tolerance: float = Field(default=0.0, ge=0, lt=1, description="relative difference of two equal numbers")


def warm(settings: Settings) -> None:
    """Import what the checks need, before any is timed."""
    compare("x", "y+0")


def check(candidate: Candidate, settings: Settings) -> Verdict:
    """Compare the final answer with ``candidate.answer``."""
    if candidate.answer is None or not candidate.answer.strip():
        return failed("no true answer to compare with")
    given: Any = (
        found_by(settings.answer_regex, candidate.text)
        if settings.answer_regex
        else final_answer(candidate.text, settings.answer_from)
    )
    if given is None:
        return wrong("no final answer found")
    equal, why = compare(true_answer(candidate.answer), given, percent=settings.percent, tolerance=settings.tolerance)
    if equal is None:
        return failed(why)
    shown = given if len(given) <= _SHOWN else given[:_SHOWN] + "..."
    return right(f"{shown}: {why}") if equal else wrong(f"{shown}: {why}")


NEEDS = ("answer",)
_SHOWN = 60  # characters of an answer in a reason
