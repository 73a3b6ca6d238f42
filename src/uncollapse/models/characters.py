"""Characters as tokens: a question and its answer are strings, each character of which is one token.

Token 0 ends every answer; token i > 0 is the i-th character of the alphabet.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from uncollapse.errors import DataError

STOP = 0


@dataclass(frozen=True)
class Ragged:
    """N texts of different lengths, one after another.

    Parameters
    ----------
    tokens : (total,) int16.
    starts : (N + 1,) int64; text i is ``tokens[starts[i]:starts[i + 1]]``.
    """

    tokens: NDArray[np.int16]
    starts: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.starts) - 1

    @property
    def lengths(self) -> NDArray[np.int64]:
        """Tokens of each text (N,)."""
        return np.diff(self.starts)


class Characters:
    """An alphabet.

    >>> characters = Characters("0123456789+=")
    >>> characters.encode(["1+2=", "3"]).tokens.tolist()
    [2, 11, 3, 12, 4]
    >>> characters.decode(np.array([4, STOP, 9]))
    '3'

    Raises
    ------
    DataError
        For an alphabet that is empty, has a character twice or more than 32,000 of them.
    """

    def __init__(self, alphabet: str) -> None:
        if not alphabet or len(set(alphabet)) < len(alphabet) or len(alphabet) > 32_000:
            raise DataError(f"an alphabet has 1 to 32,000 characters, each once; got {alphabet[:100]!r}")
        self.alphabet = alphabet
        points = _code_points(alphabet)
        self._tokens = np.full(int(points.max()) + 2, -1, dtype=np.int16)  # the last stands for all later code points
        self._tokens[points] = np.arange(1, len(alphabet) + 1)

    def __len__(self) -> int:
        """Tokens, the one that stops an answer included."""
        return len(self.alphabet) + 1

    def encode(self, texts: Sequence[str]) -> Ragged:
        """Tokens of texts.

        Raises
        ------
        DataError
            For a character that the alphabet lacks.
        """
        starts = np.zeros(len(texts) + 1, dtype=np.int64)
        np.cumsum([len(text) for text in texts], out=starts[1:])
        tokens = self._tokens[np.minimum(_code_points("".join(texts)), len(self._tokens) - 1)]
        if len(tokens) and tokens.min() < 0:
            place = int(tokens.argmin())
            text = texts[int(np.searchsorted(starts, place, side="right")) - 1]
            character = "".join(texts)[place]
            raise DataError(f"{text[:100]!r} has {character!r}, which is not in the alphabet {self.alphabet!r}")
        return Ragged(tokens, starts)

    def decode(self, tokens: NDArray[np.integer]) -> str:
        """The text of tokens (L,) up to the first that stops."""
        letters = []
        for token in tokens.tolist():
            if token == STOP:
                break
            letters.append(self.alphabet[token - 1])
        return "".join(letters)


def _code_points(text: str) -> NDArray[np.uint32]:
    return np.frombuffer(text.encode("utf-32-le"), dtype=np.uint32)
