"""An answer as it is kept: its text, why it ended, what it cost, and what is wrong with it where something is."""

import json
from dataclasses import dataclass
from typing import Any, Literal, get_args

Status = Literal["ok", "cut_off", "refused", "empty", "malformed", "rejected", "other_model", "unanswered"]
"""What became of a request.

ok : an answer that the model ended
cut_off : an answer that ended early: at the largest number of tokens, where the server broke off, at a call of a tool
refused : the model or the server declined to answer
empty : no text, or nothing but white space
malformed : a reply that is no answer of this protocol
rejected : the server cannot take this request, such as a prompt that is too long
other_model : an answer of a model that was not asked
unanswered : no reply in all tries; only the reason is kept, and the next call asks again
"""
STATUSES: tuple[Status, ...] = get_args(Status)
NO_ANSWER: tuple[Status, ...] = ("malformed", "rejected", "other_model", "unanswered")  # nothing that the model said
AGAIN = tuple(status for status in STATUSES if status not in ("ok", "unanswered"))  # what can be asked again on request


@dataclass(frozen=True, kw_only=True)
class Answer:
    """One answer.

    Parameters
    ----------
    reason : for any status but ok, in words
    finish_reason : as the server or engine says it
    model : name of the model that answered, as the server says it
    prompt_tokens, completion_tokens : tokens used
    token_log_probs : of each token of the answer, in nats, where they are known
    log_prob : of the whole answer, in nats, where it is known
    tries : how often it was asked for, until there was a reply
    """

    status: Status
    text: str = ""
    reason: str = ""
    finish_reason: str | None = None
    model: str | None = None
    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    token_log_probs: list[float] | None = None
    log_prob: float | None = None
    tries: int = 1

    def to_json(self) -> str:
        """The answer as one JSON text."""
        return json.dumps({name: value for name, value in vars(self).items() if value is not None})

    @classmethod
    def from_json(cls, text: str) -> "Answer":
        """The answer that :meth:`to_json` wrote."""
        values: dict[str, Any] = json.loads(text)
        return cls(**values)
