"""Neighbouring words counted: the most frequent pairs of a corpus, and how often given ones are in groups of documents.

Words are numbers, a pair is one number of 64 bits, and counting is sorting. Memory is bounded: where there are too many
different pairs, the rarest are forgotten, and the candidates for the top are counted once more.
"""

import re
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from uncollapse.corpora.fragments import Words
from uncollapse.diagnostics import copies

Pair = tuple[str, str]

_WORD, _STRINGS = r"\w+|[^\w\s]+", 2_000_000  # strings known at a time; forgetting them changes no number
_MARK = -1  # between the words on either side of it, which are no pair
_CHUNK = 2000  # documents
_DIFFERENT = 1 << 22  # pairs that are told apart at a time


class WordPairs:
    """Word pairs of lower-cased documents, none across a mark or the end of a document."""

    def __init__(self, *, different: int = _DIFFERENT) -> None:
        self._different = different
        self._names: list[str] = []
        self._words = Words(_WORD, alike=str.lower, number=self._number, compiled=re.compile)

    def _number(self, word: str) -> int:
        if not (word[0].isalnum() or word[0] == "_"):
            return _MARK
        self._names.append(word)
        return len(self._names) - 1

    def top(self, texts: Sequence[str], count: int) -> list[Pair]:
        """The most frequent pairs, most frequent first; equally frequent ones in alphabetical order.

        >>> WordPairs().top(["At the end, the end."], 2)
        [('the', 'end'), ('at', 'the')]
        """
        counter = _Counter(self._different, count)
        for keys, _ in self._chunks(texts):
            counter.add(keys)
        keys, times = counter.candidates()
        named = [(self._names[key >> 32], self._names[key & 0xFFFFFFFF]) for key in keys.tolist()]
        if counter.forgotten:
            times = self.count(texts, named, groups=1)[0][0]
        order = sorted(zip((-times).tolist(), named, strict=True))
        return [pair for _, pair in order[:count]]

    def count(
        self,
        texts: Sequence[str],
        pairs: Sequence[Pair],
        *,
        groups: int,
        cluster: NDArray[np.int64] | None = None,
    ) -> tuple[NDArray, NDArray]:
        """Occurrences (K, P) of given pairs in groups of documents, and of all pairs (K,).

        Documents of cluster i (N,), by default document i alone, belong to group i modulo K, which is at most the
        number of clusters and at least one.
        """
        cluster = copies.alone(len(texts)) if cluster is None else cluster
        groups = max(1, min(groups, copies.distinct(cluster)))
        wanted = [self._words.number(first) << 32 | self._words.number(second) for first, second in pairs]
        counts, totals = np.zeros((groups, len(pairs)), dtype=np.int64), np.zeros(groups, dtype=np.int64)
        order = np.argsort(wanted, kind="stable")
        keys_in_order = np.array(wanted, dtype=np.int64)[order]
        for keys, document in self._chunks(texts):
            group = cluster[document] % groups
            totals += np.bincount(group, minlength=groups)
            if len(pairs):
                place = np.minimum(np.searchsorted(keys_in_order, keys), len(pairs) - 1)
                there = keys_in_order[place] == keys
                np.add.at(counts, (group[there], order[place[there]]), 1)
        return counts, totals

    def _chunks(self, texts: Sequence[str]) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64]]]:
        """Pairs (P,) of some documents after the other, and the number (P,) of the document that each is in."""
        for start in range(0, len(texts), _CHUNK):
            if len(self._words) > _STRINGS:
                self._words.forget()
            values, counts = self._words.of_texts(texts[start : start + _CHUNK])
            document = np.repeat(np.arange(start, start + len(counts)), counts)
            beside = (values[:-1] != _MARK) & (values[1:] != _MARK) & (document[:-1] == document[1:])
            yield (values[:-1] << 32 | values[1:])[beside], document[:-1][beside]


class _Counter:
    """Counts of numbers, of which the rarest are forgotten when too many differ.

    ``forgotten`` is how many occurrences of any one number that can have been, at most.
    """

    def __init__(self, different: int, top: int) -> None:
        self._different, self._top = different, top
        self._keys, self._times = np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64)
        self._waiting: list[tuple[NDArray[np.int64], NDArray[np.int64]]] = []
        self.forgotten = 0

    def add(self, keys: NDArray[np.int64]) -> None:
        self._waiting.append(np.unique(keys, return_counts=True))
        if sum(len(each) for each, _ in self._waiting) > max(self._different // 4, len(self._keys)):
            self._settle()

    def _settle(self) -> None:
        keys = np.concatenate([self._keys, *(each for each, _ in self._waiting)])
        times = np.concatenate([self._times, *(each for _, each in self._waiting)])
        self._waiting = []
        order = np.argsort(keys, kind="stable")
        keys = keys[order]
        first = np.flatnonzero(np.concatenate([[True], keys[1:] != keys[:-1]])) if len(keys) else order
        self._keys, self._times = keys[first], np.add.reduceat(times[order], first) if len(keys) else times
        if len(self._keys) > self._different:
            rare = int(np.partition(self._times, -(self._different // 2))[-(self._different // 2)])
            if rare + self.forgotten < self._least() // 2:  # else what is forgotten could belong to the top
                some = self._times > rare
                self._keys, self._times, self.forgotten = self._keys[some], self._times[some], self.forgotten + rare

    def _least(self) -> int:
        """Count of the last of the top."""
        place = max(0, len(self._times) - self._top)
        return int(np.partition(self._times, place)[place]) if len(self._times) else 0

    def candidates(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Numbers among which are all of the top, and the counts that are known."""
        self._settle()
        some = self._times + self.forgotten >= self._least()
        return self._keys[some], self._times[some]
