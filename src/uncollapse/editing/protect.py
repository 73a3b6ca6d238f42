"""Tokens that must stay: numbers, code and addresses are wrong as soon as one of their tokens is another."""

import re
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray
from transformers import PreTrainedTokenizerFast

from uncollapse.editing.settings import Span
from uncollapse.language.vocabulary import special_texts

_PATTERNS = {
    "digits": re.compile(r"\d+(?:[.,:/\-]?\d+)*"),
    "code": re.compile(r"```.*?(?:```|\Z)|`[^`\n]+`", re.DOTALL),
    "urls": re.compile(r"(?:https?://|ftp://|www\.)\S+"),
}
_SPACE = "▁"  # how SentencePiece writes a space


class Pieces:
    """The text of single tokens, in context of no other.

    special : a pattern of the texts that spell a special token; None where the tokenizer has none
    """

    def __init__(self, tokenizer: PreTrainedTokenizerFast) -> None:
        self._tokenizer = tokenizer
        self.special = special_texts(tokenizer)
        self._known: dict[int, str] = {}

    def __call__(self, tokens: Iterable[int]) -> list[str]:
        """One string per token; a part of a character is one replacement character."""
        return [self._known.get(token) or self._of(token) for token in tokens]

    def _of(self, token: int) -> str:
        piece = self._tokenizer.decode([token], clean_up_tokenization_spaces=False)
        name = self._tokenizer.convert_ids_to_tokens(token)
        if isinstance(name, str) and name.startswith(_SPACE) and not piece.startswith(" "):
            piece = f" {piece}"  # a decoder that strips the first space of a text
        self._known[token] = piece
        return piece


def protected(
    pieces: Sequence[str], kinds: Iterable[Span], special: re.Pattern[str] | None = None
) -> NDArray[np.bool_]:
    """Mask (n,) of the tokens (given as text) that overlap a span of one of the kinds, or one of that pattern.

    >>> protected(["In", " 19", "97", " (", "www", ".a", ".b", ")"], ["digits", "urls"]).astype(int)
    array([0, 1, 1, 0, 1, 1, 1, 1])
    """
    ends = np.cumsum([len(piece) for piece in pieces], dtype=np.int64)
    found = np.zeros(len(pieces), dtype=bool)
    text = "".join(pieces)
    for pattern in [*(_PATTERNS[kind] for kind in kinds), *([special] if special else [])]:
        for match in pattern.finditer(text):
            first = np.searchsorted(ends, match.start(), side="right")
            last = np.searchsorted(ends, match.end(), side="left")
            found[first : last + 1] = True
    return found
