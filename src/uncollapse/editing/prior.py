"""A language model as editing asks for it: the probability of every token, and candidates where they are wanted."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from torch import Tensor
from transformers import PreTrainedTokenizerFast

from uncollapse.editing.windows import Window
from uncollapse.errors import ConfigError
from uncollapse.language.text import beginning


@dataclass(frozen=True)
class Block:
    """Some scored tokens, and a way to ask for candidates as long as their logits are there.

    place : (n,) int64 on the CPU, where they lie in the corpus, see Window.place
    log_prob : (n,) float32 on the CPU, of each token given all that its window holds before it, in nats
    candidates : of rows (m,) int64 of this block and a number K: tokens (m, K) int64 and logits (m, K) float32 (up to
        a constant per row) where the engine computes, the most probable first; of rows and None: the whole vocabulary
        (1, V) and (m, V)
    """

    place: Tensor
    log_prob: Tensor
    candidates: Callable[[Tensor, int | None], tuple[Tensor, Tensor]]


class Prior(Protocol):
    """A language model that scores windows.

    longest : tokens of a window at most
    beginning : the beginning-of-text token, with which every window begins
    sampling : the kinds of sampling that it has candidates for
    never_drawn : ids that stay and are never drawn: special tokens, and those without a token
    """

    tokenizer: PreTrainedTokenizerFast
    longest: int
    beginning: int
    sampling: frozenset[str]
    never_drawn: Sequence[int]

    def blocks(self, windows: Sequence[Window], *, candidates: int) -> Iterator[Block]:
        """Score all windows, in any order; at most ``candidates`` will be asked for, 0 for none."""
        ...


def beginning_of_text(tokenizer: PreTrainedTokenizerFast, name: str | None = None) -> int:
    """The token that stands before a text: the named one, else the tokenizer's own, else its end-of-text token.

    Raises
    ------
    ConfigError
        Where there is none: the first token of a text would have no probability.
    """
    if name is not None:
        token = tokenizer.get_vocab().get(name)
        if token is None:
            raise ConfigError(f"beginning-of-text token {name!r}: the model's tokenizer has no such token")
        return token
    if not (own := beginning(tokenizer)):
        raise ConfigError(
            "the model's tokenizer names neither a beginning-of-text nor an end-of-text token; name one that stands"
            " before a text in its training data (--beginning)"
        )
    return own[0]
