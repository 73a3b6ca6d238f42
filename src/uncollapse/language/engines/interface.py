"""Interface of engines, and what they return; imports neither torch nor transformers."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

from uncollapse.errors import DataError
from uncollapse.language.settings import SamplingSettings

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerFast


@dataclass(frozen=True)
class Answer:
    """Answer that a model wrote.

    ``tokens`` end with the end-of-text token where the model wrote one (``finished``); ``text`` is without it.
    ``log_prob`` is that of all tokens under the model itself, in nats, whatever temperature they were drawn at.
    """

    tokens: NDArray[np.int32]
    text: str
    log_prob: float
    finished: bool


class Engine(Protocol):
    """One model, loaded."""

    tokenizer: "PreTrainedTokenizerFast"
    context: int  # longest text in tokens, prompt and answer together

    def generate(
        self, prompts: Sequence[Sequence[int]], sampling: SamplingSettings, *, keys: Sequence[int]
    ) -> list[list[Answer]]:
        """``sampling.candidates`` answers for every prompt of token ids.

        ``keys`` holds one integer for each prompt (such as a hash of seed and row id): a draw depends on it, on the
        candidate's number and the position, and not on the other prompts.

        Raises
        ------
        DataError
            For a prompt that leaves no room for ``max_new_tokens`` in the model's context.
        """
        ...

    def score(
        self, contexts: Sequence[Sequence[int]], continuations: Sequence[Sequence[int]]
    ) -> list[NDArray[np.float32]]:
        """Log-probability (float32, nats) of each token of a continuation after its context.

        Raises
        ------
        DataError
            For an empty context, or a pair that is longer than the model's context.
        """
        ...


def check_room(prompts: Sequence[Sequence[int]], new_tokens: int, *, context: int) -> None:
    """Check that a context has room for every prompt and what is to be written.

    Raises
    ------
    DataError
        For a prompt that is empty or too long, with its number.
    """
    for number, prompt in enumerate(prompts):
        if not 0 < len(prompt) <= context - new_tokens:
            raise DataError(
                f"prompt {number}: {len(prompt)} tokens, and {new_tokens} to write, in a context of {context}: shorten"
                " prompts, or lower max_new_tokens"
            )
