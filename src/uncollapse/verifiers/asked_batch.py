"""Candidates as a program or a server gets them, and verdicts as it gives them back."""

from collections.abc import Mapping
from typing import Any

from uncollapse.verifiers.candidate import Candidate, Verdict, failed, is_score


def asked(candidate: Candidate, number: int) -> dict[str, Any]:
    """One candidate as JSON, with the number under which its verdict is to come back."""
    return {
        "id": number,
        "text": candidate.text,
        "prompt": candidate.prompt,
        "prompt_id": candidate.prompt_id,
        "answer": candidate.answer,
        "columns": dict(candidate.columns),
    }


def given(reply: Any, *, lowest: float | None) -> Verdict:
    """The verdict in a reply: ``score``, ``accepted``, or both, and a ``reason`` where one likes.

    >>> given({"score": 0.5}, lowest=0.4), given({"accepted": True}, lowest=None).score
    (Verdict(score=0.5, accepted=True, reason='', failed=False), 1.0)
    >>> given({"score": "high"}, lowest=None).reason, given(["x"], lowest=None).reason
    ("score is 'high', no finite number", 'list instead of an object')
    """
    if not isinstance(reply, Mapping):
        return failed(f"{type(reply).__name__} instead of an object")
    score, accepted, reason = reply.get("score"), reply.get("accepted"), reply.get("reason")
    if reply.get("error"):
        return failed(str(reply["error"]))
    if score is None and accepted is None:
        return failed("neither score nor accepted")
    if score is not None and not is_score(score):
        return failed(f"score is {score!r}, no finite number")
    if accepted is not None and not isinstance(accepted, bool):
        return failed(f"accepted is {accepted!r}, neither true nor false")
    if accepted is None and lowest is not None:
        accepted = score >= lowest
    return Verdict(
        float(score) if score is not None else float(bool(accepted)),
        accepted,
        "" if reason is None else str(reason)[:300],
    )
