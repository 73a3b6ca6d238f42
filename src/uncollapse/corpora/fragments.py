"""Strings between white space in many documents: Arrow tells them apart, and each is looked at once.

A program that counts or hashes words spends its time on looking at the same words over and over. Here words are looked
for once in each different string, and numbers stand for them from then on.
"""

from array import array
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

_LINE = -(2**63)  # in place of a word's number, where a string ends


def split(texts: Sequence[str]) -> tuple[list[str], NDArray[np.int32], NDArray[np.int64]]:
    r"""The strings between ASCII white space.

    A superset of what other definitions of white space leave whole: whoever looks at a string may split it further.

    Returns
    -------
    different : the strings that differ
    numbers : (M,) which of them each of all strings is, document after document
    ends : (N + 1,), document i has ``numbers[ends[i]:ends[i + 1]]``

    Examples
    --------
    >>> different, numbers, ends = split(["to be or\nnot to be", "", "be"])
    >>> [different[number] for number in numbers[: ends[1]]], ends.tolist()
    (['to', 'be', 'or', 'not', 'to', 'be'], [0, 6, 7, 8])
    """
    try:
        column, whole = pa.array(list(texts), pa.large_string()), True
    except (UnicodeEncodeError, pa.ArrowInvalid):  # half a surrogate pair: no UTF-8, and no white space either
        raw = [text.encode("utf-8", "surrogatepass") for text in texts]
        column, whole = pa.array(raw, pa.large_binary()).view(pa.large_string()), False
    parts = pc.ascii_split_whitespace(column)
    encoded = parts.flatten().dictionary_encode()
    if whole:
        different = encoded.dictionary.to_numpy(zero_copy_only=False).tolist()
    else:
        names = encoded.dictionary.view(pa.large_binary()).to_pylist()
        different = [name.decode("utf-8", "surrogatepass") for name in names]
    return different, encoded.indices.to_numpy(), parts.offsets.to_numpy().astype(np.int64)


class Words:
    """Numbers of the words of documents, found once in each different string between white space.

    Parameters
    ----------
    pattern : a regular expression of a word, which holds no white space.
    alike : str.lower or str.casefold, before words are looked for.
    number : the number of a word, of 64 bits with a sign; asked once for each.
    compiled : re.compile or regex.compile.

    Examples
    --------
    >>> import re
    >>> lengths = Words("[a-z]+", alike=str.lower, number=len, compiled=re.compile)
    >>> values, counts = lengths.of_texts(["Well-known words", "...", "words"])
    >>> values.tolist(), counts.tolist()
    ([4, 5, 5, 5], [3, 0, 1])
    """

    def __init__(
        self,
        pattern: str,
        *,
        alike: Callable[[str], str],
        number: Callable[[str], int],
        compiled: Callable[[str], Any],
    ) -> None:
        self._find = compiled(f"{pattern}|\n").findall
        self._alike = alike
        self._numbers = _Remembered(number)
        self._numbers["\n"] = _LINE
        self._places: dict[str, int] = {}
        # arrays that grow without a copy, and that NumPy reads without one
        self._values, self._firsts, self._lengths = array("q"), array("q"), array("q")

    def __len__(self) -> int:
        """How many strings are remembered."""
        return len(self._places)

    def number(self, word: str) -> int:
        """The number of a word."""
        return self._numbers[word]

    def of_texts(self, texts: Sequence[str]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Numbers (T,) of all words, one document after the other, and how many (N,) each has."""
        different, numbers, ends = split(texts)
        places = self._places
        if new := [string for string in different if string not in places]:
            self._remember(new)
        here = np.fromiter(map(places.__getitem__, different), dtype=np.int64, count=len(different))
        lengths, firsts = (np.frombuffer(each, dtype=np.int64)[here] for each in (self._lengths, self._firsts))
        lengths = lengths[numbers]
        reached = np.concatenate([[0], np.cumsum(lengths)])
        within = np.arange(reached[-1]) + np.repeat(firsts[numbers] - reached[:-1], lengths)
        return np.frombuffer(self._values, dtype=np.int64)[within], np.diff(reached[ends])

    def forget(self) -> None:
        """Forget the strings, which bounds the memory; words keep their numbers."""
        self._places = {}
        self._values, self._firsts, self._lengths = array("q"), array("q"), array("q")

    def _remember(self, new: list[str]) -> None:
        """Look for words in strings, which hold no line break, all at once."""
        self._places.update(zip(new, range(len(self._places), len(self._places) + len(new)), strict=True))
        found = self._find(self._alike("\n".join(new) + "\n"))
        values = np.fromiter(map(self._numbers.__getitem__, found), dtype=np.int64, count=len(found))
        lines = np.flatnonzero(values == _LINE)
        lengths = np.diff(lines, prepend=-1) - 1
        self._firsts.frombytes((len(self._values) + np.cumsum(lengths) - lengths).tobytes())
        self._lengths.frombytes(lengths.tobytes())
        self._values.frombytes(np.delete(values, lines).tobytes())


class _Remembered(dict[str, int]):
    def __init__(self, number: Callable[[str], int]) -> None:
        super().__init__()
        self._number = number

    def __missing__(self, word: str) -> int:
        self[word] = number = self._number(word)
        return number
