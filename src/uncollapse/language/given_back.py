"""Texts that a tokenizer cannot give back: characters that it does not know, capitals and accents that it takes off."""

import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from uncollapse.language.text import encode_texts

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

_SHOWN = 40  # characters on either side of the first difference


@dataclass
class GivenBack:
    """Count of the texts that were encoded, and of those that are not what their tokens say; with the first of these.

    White space around a text does not count: some tokenizers set a space before every text. ``nothing`` counts those of
    which no known token is left.
    """

    tokenizer: "PreTrainedTokenizerBase"
    texts: int = 0
    changed: int = 0
    nothing: int = 0
    example: str = ""

    def add(self, names: Iterable[object], texts: Sequence[str], ids: Sequence[Sequence[int]]) -> None:
        """Compare texts with what their ids (all of them, nothing cut) are decoded to; names say which text it was."""
        if not len(texts):
            return
        decoded = self.tokenizer.batch_decode([list(row) for row in ids], clean_up_tokenization_spaces=False)
        self.texts += len(texts)
        for name, text, row, found in zip(names, texts, ids, decoded, strict=True):
            if (before := text.strip()) != (after := found.strip()):
                self.changed += 1
                self.nothing += nothing_is_left(self.tokenizer, row)
                self.example = self.example or f"{name}: {_around(before, after)}"

    def read(self, names: Iterable[object], texts: Sequence[str]) -> None:
        """Compare texts with what the tokenizer makes of them, where their ids are not at hand."""
        self.add(names, texts, encode_texts(self.tokenizer, texts))

    def tell(self, what: str) -> None:
        """Say on the error stream how many of the texts are another text as tokens, if any are."""
        if warning := self.warning(what):
            print(warning, file=sys.stderr)

    def warning(self, what: str) -> str:
        """A line that says how many of the texts, called ``what``, are another text as tokens; empty for none."""
        if not self.changed:
            return ""
        return (
            f"warning: {self.changed:,} of {self.texts:,} {what} ({self.changed / self.texts:.1%}) are another text"
            f" when the tokenizer has read them, and the model sees only that one{self._lost()}; the first,"
            f" {self.example}. Use a model whose tokenizer knows these characters, or leave these texts out"
        )

    def _lost(self) -> str:
        """Words on the texts of which nothing is left."""
        return f" ({self.nothing:,} of them have no token left that it knows)" if self.nothing else ""


def nothing_is_left(tokenizer: "PreTrainedTokenizerBase", ids: Sequence[int]) -> bool:
    """Whether a tokenizer knows none of a text's tokens but white space."""
    known = [token for token in ids if token != tokenizer.unk_token_id]
    return not known or (len(known) < len(ids) and not tokenizer.decode(known).strip())


def _around(before: str, after: str) -> str:
    """Excerpts of both texts from shortly before they differ first."""
    first = next((at for at, pair in enumerate(zip(before, after, strict=False)) if pair[0] != pair[1]), None)
    first = max(0, (min(len(before), len(after)) if first is None else first) - _SHOWN // 2)
    return " becomes ".join(repr(text[first : first + _SHOWN]) for text in (before, after))
