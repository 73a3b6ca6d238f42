"""One prompt: a text or chat messages, and what belongs to it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

Message = Mapping[str, str]  # role and content
ROLES = ("system", "developer", "user", "assistant", "tool")
INSTRUCTING = ("system", "developer")
_KEYS = ("role", "content")


@dataclass(frozen=True)
class Prompt:
    """A question to a model.

    Parameters
    ----------
    id : tells it from all others of its file
    asked : a text, or the messages of a conversation that the model goes on with
    system : instructions before it
    further : values of the file's other columns, the true ``answer`` among them where there is one
    """

    id: str
    asked: str | Sequence[Message]
    system: str | None = None
    further: Mapping[str, Any] = field(default_factory=dict)

    @property
    def messages(self) -> list[Message]:
        """The conversation, instructions first.

        >>> Prompt("1", "2 + 2?", system="Be brief.").messages
        [{'role': 'system', 'content': 'Be brief.'}, {'role': 'user', 'content': '2 + 2?'}]
        """
        turns = [{"role": "user", "content": self.asked}] if isinstance(self.asked, str) else list(self.asked)
        return [{"role": "system", "content": self.system}, *turns] if self.system else turns


def messages_of(value: Any) -> list[Message]:
    """Chat messages as a file has them, checked; keys without a value are left out.

    >>> messages_of([{"role": "user", "content": "2 + 2?", "tool_calls": None}])
    [{'role': 'user', 'content': '2 + 2?'}]

    Raises
    ------
    ValueError
        In words, for what is no conversation that a model can go on with.
    """
    if not isinstance(value, list | tuple) or not value:
        raise ValueError("has no messages")
    return [_message(one, number) for number, one in enumerate(value, start=1)]


def _message(value: Any, number: int) -> Message:
    if not isinstance(value, Mapping):
        raise ValueError(f"message {number} is a {type(value).__name__}, not an object with role and content")
    found = {key: one for key, one in value.items() if one is not None}
    if further := sorted(set(found) - set(_KEYS)):
        raise ValueError(f"message {number} has {further[0]!r}; known are {', '.join(_KEYS)}")
    if found.get("role") not in ROLES:
        raise ValueError(f"message {number} has the role {found.get('role')!r}; there are {', '.join(ROLES)}")
    content = found.get("content", "")
    if not isinstance(content, str):
        raise ValueError(f"message {number}: content is a {type(content).__name__}, not a text")
    if not content.strip():
        raise ValueError(f"message {number} is empty")
    return {"role": found["role"], "content": content}
