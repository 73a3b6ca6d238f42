"""Conversations as text, by the chat template of a model's tokenizer: the same text on every day.

Templates may write the date (Llama 3.2's and SmolLM3's do), and what a model writes, or how it scores, would hang on
the day on which a job runs, which no key of a result holds.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

TODAY = datetime(2025, 1, 1)  # in every template that writes the date


def chat_text(tokenizer: "PreTrainedTokenizerBase", turns: Sequence[Mapping[str, str]], *, open_turn: bool) -> str:
    """A conversation as its model reads it; ``open_turn`` opens the assistant's turn behind it.

    Errors are those that a template of Jinja raises.
    """
    text: str = tokenizer.apply_chat_template(
        [dict(turn) for turn in turns], tokenize=False, add_generation_prompt=open_turn, strftime_now=TODAY.strftime
    )
    return text
