"""A candidate text beside what it answers, and what a verifier says of it."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol


@dataclass(frozen=True)
class Candidate:
    """One text that a model wrote.

    prompt : text, a list of chat messages, or None
    answer : the true one, as text; None where nobody knows
    prompt_id : same for all candidates of one prompt
    columns : by name, the further columns of the table that the verifier asked for
    """

    text: str
    prompt: Any = None
    answer: str | None = None
    prompt_id: str = ""
    columns: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Verdict:
    """One verifier's word on a candidate.

    score : higher is better; None where there is none
    accepted : None where the verifier only ranks, or failed
    reason : in a few words
    failed : whether the verifier could not judge; the candidate is neither right nor wrong then
    """

    score: float | None
    accepted: bool | None
    reason: str = ""
    failed: bool = False


class Verifier(Protocol):
    """An opened verifier. One whose verdicts depend on all candidates has ``survey`` too, called with each batch of
    them before any is judged.
    """

    def judge(self, candidates: Sequence[Candidate]) -> list[Verdict]:
        """One verdict for each candidate, in their order."""


def checked(found: Any) -> Verdict:
    """The verdict itself, or, for what is none, that the verifier failed.

    >>> checked(0.5).reason, checked(Verdict(float("nan"), True)).reason, checked(Verdict(1, "yes")).reason
    ('float instead of a Verdict', 'the score is nan', "accepted is 'yes', neither true nor false")
    """
    if not isinstance(found, Verdict):
        return failed(f"{type(found).__name__} instead of a Verdict")
    if found.score is not None and not is_score(found.score):
        return failed(f"the score is {found.score}")
    if found.accepted is not None and not isinstance(found.accepted, bool):
        return failed(f"accepted is {found.accepted!r}, neither true nor false")
    return Verdict(found.score, found.accepted, str(found.reason), bool(found.failed))


def right(reason: str = "") -> Verdict:
    """Verdict on a candidate that is correct."""
    return Verdict(1.0, True, reason)


def wrong(reason: str) -> Verdict:
    """Verdict on a candidate that is not."""
    return Verdict(0.0, False, reason)


def failed(reason: str) -> Verdict:
    """Verdict of a verifier that could not judge."""
    return Verdict(None, None, " ".join(reason.split())[:300], failed=True)


def is_score(value: Any) -> bool:
    """Whether a value is a finite number."""
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def scored(score: float, *, lowest: float | None = None, reason: str = "") -> Verdict:
    """Verdict by a score: accepted from ``lowest`` on, without one only ranked.

    >>> scored(0.5, lowest=0.5).accepted, scored(0.5).accepted
    (True, None)
    """
    return Verdict(score, None if lowest is None else score >= lowest, reason)
