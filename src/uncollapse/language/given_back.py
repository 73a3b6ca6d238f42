"""Texts that a tokenizer cannot give back: characters that it does not know, capitals and accents that it takes off."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from transformers import PreTrainedTokenizerBase

_SHOWN = 40  # characters on either side of the first difference


@dataclass
class GivenBack:
    """Count of the texts that were encoded, and of those that are not what their tokens say; with the first of these.

    White space around a text does not count: some tokenizers set a space before every text.
    """

    tokenizer: PreTrainedTokenizerBase
    texts: int = 0
    changed: int = 0
    example: str = ""

    def add(self, names: Iterable[object], texts: Sequence[str], ids: Sequence[Sequence[int]]) -> None:
        """Compare texts with what their ids (all of them, nothing cut) are decoded to; names say which text it was."""
        if not len(texts):
            return
        decoded = self.tokenizer.batch_decode([list(row) for row in ids], clean_up_tokenization_spaces=False)
        self.texts += len(texts)
        for name, text, found in zip(names, texts, decoded, strict=True):
            if (before := text.strip()) != (after := found.strip()):
                self.changed += 1
                self.example = self.example or f"{name}: {_around(before, after)}"

    def warning(self, what: str) -> str:
        """A line that says how many of the texts, called ``what``, are another text as tokens; empty for none."""
        if not self.changed:
            return ""
        return (
            f"warning: {self.changed:,} of {self.texts:,} {what} ({self.changed / self.texts:.1%}) are another text"
            f" when the tokenizer has read them, and the model sees only that one; the first, {self.example}. Use a"
            " model whose tokenizer knows these characters, or leave these texts out"
        )


def _around(before: str, after: str) -> str:
    """Excerpts of both texts from shortly before they differ first."""
    first = next((at for at, pair in enumerate(zip(before, after, strict=False)) if pair[0] != pair[1]), None)
    first = max(0, (min(len(before), len(after)) if first is None else first) - _SHOWN // 2)
    return " becomes ".join(repr(text[first : first + _SHOWN]) for text in (before, after))
