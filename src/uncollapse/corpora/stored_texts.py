"""Texts that lie on disk, with what is counted of each when it is put there; memory grows by 40 bytes a text."""

import hashlib
import os
import tempfile
from array import array
from collections.abc import Iterator, Mapping, Sequence
from typing import overload

import numpy as np
from numpy.typing import NDArray


class StoredTexts(Sequence[str]):
    """Texts in a file without a name, which goes with the last of what reads it.

    Examples
    --------
    >>> texts = StoredTexts()
    >>> texts.append("to be")
    >>> texts.append("or  not")
    >>> list(texts), texts.words.tolist(), texts[::-1][0]
    (['to be', 'or  not'], [2, 2], 'or  not')
    """

    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile(buffering=1 << 20)  # noqa: SIM115
        self._ends, self._words, self._characters = array("q", [0]), array("q"), array("q")
        self._marks = bytearray()

    def append(self, text: str) -> None:
        """Add a text."""
        encoded = text.encode("utf-8", "surrogatepass")
        self._file.write(encoded)
        self._ends.append(self._ends[-1] + len(encoded))
        words = text.split()
        self._words.append(len(words))
        self._characters.append(sum(map(len, words)))
        self._marks += _mark(words)

    def __len__(self) -> int:
        return len(self._words)

    @overload
    def __getitem__(self, place: int) -> str: ...
    @overload
    def __getitem__(self, place: slice) -> "Chosen": ...
    def __getitem__(self, place: int | slice) -> "str | Chosen":
        if isinstance(place, slice):
            return self.take(np.arange(len(self))[place])
        self._file.flush()
        place += len(self) if place < 0 else 0
        first, last = self._ends[place], self._ends[place + 1]
        return os.pread(self._file.fileno(), last - first, first).decode("utf-8", "surrogatepass")

    def take(self, rows: NDArray[np.int64]) -> "Chosen":
        """The texts at these places (M,), in their order."""
        return Chosen(self, np.asarray(rows, dtype=np.int64), {})

    @property
    def words(self) -> NDArray[np.int64]:
        """Words (N,) of each, as white space separates them."""
        return np.array(self._words, dtype=np.int64)

    def words_of(self, rows: NDArray[np.int64]) -> NDArray[np.int64]:
        """Words (M,) of the texts at these places (M,); of the others nothing is copied."""
        return np.asarray(self._words)[rows]

    @property
    def characters(self) -> NDArray[np.int64]:
        """Characters (N,) of each that are no white space."""
        return np.array(self._characters, dtype=np.int64)

    @property
    def marks(self) -> NDArray[np.uint64]:
        """Digests (N, 2) of each, the same where words are, whatever the white space."""
        return np.frombuffer(bytes(self._marks), dtype="<u8").reshape(-1, 2)

    def marks_of(self, rows: NDArray[np.int64]) -> NDArray[np.uint64]:
        """Digests (M, 2) of the texts at these places (M,); of the others nothing is copied."""
        return np.frombuffer(self._marks, dtype="<u8").reshape(-1, 2)[rows]


class Chosen(Sequence[str]):
    """Some of stored texts, in any order; a few may be replaced by others.

    rows : (M,) places among the stored ones
    replaced : texts that stand in for stored ones, by place among those
    """

    def __init__(self, stored: StoredTexts, rows: NDArray[np.int64], replaced: Mapping[int, str]) -> None:
        self._stored, self._rows, self._replaced = stored, rows, dict(replaced)

    def __len__(self) -> int:
        return len(self._rows)

    @overload
    def __getitem__(self, place: int) -> str: ...
    @overload
    def __getitem__(self, place: slice) -> "Chosen": ...
    def __getitem__(self, place: int | slice) -> "str | Chosen":
        if isinstance(place, slice):
            return self.take(np.arange(len(self))[place])
        row = int(self._rows[place])
        return self._replaced[row] if row in self._replaced else self._stored[row]

    def __iter__(self) -> Iterator[str]:
        return (self[place] for place in range(len(self)))

    def take(self, rows: NDArray[np.int64]) -> "Chosen":
        """The texts at these places (K,), in their order."""
        return Chosen(self._stored, self._rows[rows], self._replaced)

    def with_last(self, text: str) -> "Chosen":
        """The same texts, the last one replaced; it must be there once."""
        return Chosen(self._stored, self._rows, self._replaced | {int(self._rows[-1]): text})

    @property
    def words(self) -> NDArray[np.int64]:
        """Words (M,) of each, as white space separates them."""
        found = self._stored.words_of(self._rows)
        for row, text in self._replaced.items():
            found[self._rows == row] = len(text.split())
        return found

    @property
    def marks(self) -> NDArray[np.uint64]:
        """Digests (M, 2) of each; of a replaced text those of the one that it stands in for."""
        return self._stored.marks_of(self._rows)


def marks(texts: Sequence[str]) -> NDArray[np.uint64]:
    """Digests (N, 2) of texts, stored or in memory, the same where words are, whatever the white space."""
    if isinstance(texts, StoredTexts | Chosen):
        return texts.marks
    return np.frombuffer(b"".join(_mark(text.split()) for text in texts), dtype="<u8").reshape(-1, 2)


def _mark(words: Sequence[str]) -> bytes:
    return hashlib.blake2b(" ".join(words).encode("utf-8", "surrogatepass"), digest_size=16).digest()


def taken(texts: Sequence[str], rows: NDArray[np.int64]) -> Sequence[str]:
    """The texts at these places (M,), in their order, as a list where they are in memory."""
    return texts.take(rows) if isinstance(texts, StoredTexts | Chosen) else [texts[row] for row in rows]


def with_last(texts: Sequence[str], text: str) -> Sequence[str]:
    """Texts (one at least) whose last one is replaced.

    >>> with_last(["a", "b c"], "b")
    ['a', 'b']
    """
    return texts.with_last(text) if isinstance(texts, Chosen) else [*texts[:-1], text]


def word_counts(texts: Sequence[str]) -> NDArray[np.int64]:
    """Words (N,) of each text, as white space separates them.

    >>> word_counts(["to be", ""]).tolist()
    [2, 0]
    """
    stored = isinstance(texts, StoredTexts | Chosen)
    return texts.words if stored else np.array([len(text.split()) for text in texts], dtype=np.int64)
