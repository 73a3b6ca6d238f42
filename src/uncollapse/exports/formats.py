"""Rows of training files, in the formats that trainers of language models read.

The formats are those of TRL's documentation (dataset formats): language modeling with ``messages``, prompt and
completion, and preferences with an explicit prompt; the latter two as text or as lists of messages.

    chat         {"messages": [{"role": "user", "content": "2 + 2?"}, {"role": "assistant", "content": "4"}]}
    completion   {"prompt": "2 + 2?", "completion": "4"}
    preferences  {"prompt": "2 + 2?", "chosen": "4", "rejected": "5"}

A row that cannot be trained on is left out with its reason: a trainer would stop at it, or learn to say nothing.
"""

import json
from collections.abc import Collection
from typing import Any

from uncollapse.corpora.cells import text_of
from uncollapse.errors import ConfigError
from uncollapse.prompts.prompt import INSTRUCTING, ROLES

CHAT, COMPLETION, PREFERENCES = "chat", "completion", "preferences"
FORMATS = (CHAT, COMPLETION, PREFERENCES)
EMPTY, NO_PROMPT, NO_MESSAGES, ANSWERED, UNASKED, NOT_TEXT, HALF = (
    "an empty candidate",
    "a prompt without text",
    "a prompt that is no conversation",
    "a conversation that ends with an answer",
    "a conversation that ends with instructions",
    "a message that is more than text",
    "half a character, which UTF-8 cannot hold",
)
# What TRL's trainers (1.16) read: columns of rows, and of rows that are tokenized already.
_OF_ROWS = {
    "messages", "prompt", "completion", "chosen", "rejected", "label", "text", "conversations", "image", "images",
}  # fmt: skip
_OF_TOKENS = {"input_ids", "labels", "completion_mask", "assistant_masks", "seq_lengths"}

Message = dict[str, str]


class Unfit(ValueError):
    """A row that cannot be trained on; its text is the reason."""


def check_carried(kind: str, names: Collection[str]) -> None:
    """Check that further columns of a row leave alone what a trainer reads.

    A completion may have a ``label``: that is TRL's format of unpaired preferences.

    Raises
    ------
    ConfigError
        For the name of a column that would change the row, or how it is trained on.
    """
    allowed = {"label"} if kind == COMPLETION else set()
    if taken := sorted((_OF_ROWS | _OF_TOKENS) & set(names) - allowed):
        raise ConfigError(
            f"--carry {taken[0]}: trainers take a column of that name for a part of the row itself; rename it in the"
            " table, or leave it out"
        )


def messages_of(prompt: Any, system: Any = None) -> list[Message]:
    """Messages before the answer: a conversation as it is, or a text as the user's, behind a system message.

    >>> messages_of("2 + 2?", "Be short.")
    [{'role': 'system', 'content': 'Be short.'}, {'role': 'user', 'content': '2 + 2?'}]

    Raises
    ------
    Unfit
        For a prompt without text, and a list that is no conversation.
    """
    prompt = _parsed(prompt)
    if isinstance(prompt, list):
        parts = [_dict(one) for one in prompt]
        found = [{"role": text_of(one.get("role")), "content": _content(one.get("content"))} for one in parts]
        if not found or any(one["role"] not in ROLES for one in found):
            raise Unfit(NO_MESSAGES)
        if any(one[key] for one in parts for key in one if key not in ("role", "content")):  # calls of tools, a name
            raise Unfit(NOT_TEXT)
        if found[-1]["role"] == "assistant":
            raise Unfit(ANSWERED)
        if not any(one["content"].strip() for one in found):
            raise Unfit(NO_PROMPT)
    else:
        text = text_of(prompt)
        if not text.strip():
            raise Unfit(NO_PROMPT)
        found = [{"role": "user", "content": text}]
    before = text_of(system)
    if before.strip() and found[0]["role"] != "system":
        found.insert(0, {"role": "system", "content": before})
    return found


def is_conversation(prompt: Any) -> bool:
    """Whether a prompt is a list of messages, or such a list as text, as CSV files have them."""
    return isinstance(_parsed(prompt), list)


def answer(text: Any) -> list[Message]:
    """Message of a candidate.

    Raises
    ------
    Unfit
        For an empty one.
    """
    return [{"role": "assistant", "content": _some(text)}]


def chat_row(prompt: Any, system: Any, text: Any) -> dict[str, Any]:
    """Row of a chat file."""
    return _whole({"messages": messages_of(prompt, system) + answer(text)})


def completion_row(prompt: Any, system: Any, text: Any, *, conversational: bool) -> dict[str, Any]:
    """Row of prompt and completion, as messages or as text."""
    if conversational:
        return _whole({"prompt": _question(prompt, system), "completion": answer(text)})
    return _whole({"prompt": _plain(prompt), "completion": _some(text)})


def preference_row(prompt: Any, system: Any, chosen: Any, rejected: Any, *, conversational: bool) -> dict[str, Any]:
    """Row of a prompt with a chosen and a rejected candidate, as messages or as text."""
    if conversational:
        return _whole({"prompt": _question(prompt, system), "chosen": answer(chosen), "rejected": answer(rejected)})
    return _whole({"prompt": _plain(prompt), "chosen": _some(chosen), "rejected": _some(rejected)})


def _question(prompt: Any, system: Any) -> list[Message]:
    """Messages of a prompt apart from its answer; the last is a user's or a tool's, else no template goes on."""
    found = messages_of(prompt, system)
    if found[-1]["role"] in INSTRUCTING:
        raise Unfit(UNASKED)
    return found


def _content(content: Any) -> str:
    """Text of a message; one in parts is joined where all of them are text."""
    if not isinstance(content, list):
        return text_of(content)
    if not all(isinstance(part, dict) and part.get("type") == "text" for part in content):
        raise Unfit(NOT_TEXT)
    return "".join(text_of(part.get("text")) for part in content)


def _plain(prompt: Any) -> str:
    text = text_of(prompt)
    if not text.strip():
        raise Unfit(NO_PROMPT)
    return text


def _some(text: Any) -> str:
    found = text_of(text)
    if not found.strip():
        raise Unfit(EMPTY)
    return found


def _whole(row: dict[str, Any]) -> dict[str, Any]:
    try:
        json.dumps(row, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        raise Unfit(HALF) from None
    return row


def _parsed(prompt: Any) -> Any:
    if isinstance(prompt, str) and prompt.lstrip().startswith("[{"):
        try:
            return json.loads(prompt)
        except ValueError:
            return prompt
    return prompt


def _dict(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise Unfit(NO_MESSAGES)
    return value
