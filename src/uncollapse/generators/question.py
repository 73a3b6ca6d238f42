"""One request for one sample: what is sent, and the key under which its answer is kept."""

import json
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any, Literal

from uncollapse.errors import DataError
from uncollapse.prompts.prompt import Prompt

Kind = Literal["chat", "completions"]
PATHS: dict[Kind, str] = {"chat": "/chat/completions", "completions": "/completions"}


@dataclass(frozen=True)
class Question:
    """Sample number ``sample`` of a prompt: the body of the request, and the key of its answer (16 bytes)."""

    prompt_id: str
    sample: int
    body: dict[str, Any]
    key: bytes


@dataclass(frozen=True, kw_only=True)
class Asking:
    """Everything that decides the answers beside the prompts.

    Parameters
    ----------
    model : as the server or engine calls it
    kind : chat messages, or a text to go on with
    parameters : of the request, such as max_tokens and temperature
    seed : sample i is asked for with ``seed`` + i; None leaves the draws to the server
    """

    model: str
    kind: Kind = "chat"
    parameters: dict[str, Any] = field(default_factory=dict)
    seed: int | None = None

    def check(self, prompt: Prompt) -> None:
        """Check that a prompt can be asked like this.

        Raises
        ------
        DataError
            For messages or instructions where a text is to be gone on with.
        """
        if self.kind == "completions" and not isinstance(prompt.asked, str):
            raise DataError(f"prompt {prompt.id!r} is a conversation: give --kind chat, or a column of texts")
        if self.kind == "completions" and prompt.system:
            raise DataError(
                f"prompt {prompt.id!r} has instructions, which --kind completions has no place for: write them into the"
                " text, or give --kind chat"
            )

    def question(self, prompt: Prompt, sample: int) -> Question:
        """The request for one sample.

        The key holds model, kind, parameters, messages and the number of the sample, and nothing else: two prompts
        with the same messages share their answers.

        >>> asking = Asking(model="m", parameters={"max_tokens": 8}, seed=5)
        >>> asking.question(Prompt("a", "2 + 2?"), 1).body
        {'max_tokens': 8, 'seed': 6, 'model': 'm', 'messages': [{'role': 'user', 'content': '2 + 2?'}]}
        """
        asked = {"messages": prompt.messages} if self.kind == "chat" else {"prompt": prompt.asked}
        seed = {} if self.seed is None else {"seed": self.seed + sample}
        body = {**self.parameters, **seed, "model": self.model, **asked}
        told = json.dumps([self.kind, sample, body], sort_keys=True).encode()
        return Question(prompt.id, sample, body, blake2b(told, digest_size=16).digest())
