"""Words and word pairs of documents as numbers of hash buckets: the features of DSIR and of the n-gram histograms.

A document is lower-cased and cut into runs of letters, digits and underscores, and runs of other marks (NLTK's
``WordPunctTokenizer``). The bucket of an n-gram is SHA-256 of its words, joined by spaces, modulo the number of
buckets: exactly the features of Xie et al. 2023 as their package ``data-selection`` counts them.

What counts as a letter depends on the NLTK beside that package: since 3.10 it goes by ``regex``, where a combining
accent belongs to its word, before by ``re``, where it cuts the word in two. Both can be had.
"""

import hashlib
import re
from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import regex
from numpy.typing import NDArray

from uncollapse.corpora.given_texts import one_text

BUCKETS = 10_000  # Xie et al. 2023, section 3; Zhu et al. 2024, Figure 5
_WORDS = r"\w+|[^\w\s]+"
_SPACES_TO_RE_ALONE = "\x1c\x1d\x1e\x1f"
_SLOT_BITS = 22  # the word-pair cache holds 2**22 pairs in 40 MiB, and stays that big whatever the corpus
_VOCABULARY = 2_000_000  # words known at a time; forgetting them bounds the memory and changes no bucket


@dataclass(frozen=True)
class Features:
    """The n-grams of N documents, one document after the other.

    Attributes
    ----------
    buckets : (M,) uint16 or uint32, of every n-gram: a document's words in their order, then its word pairs.
    offsets : (N + 1,), document i has ``buckets[offsets[i]:offsets[i + 1]]``.
    words : (N,), number of words in each document.
    """

    buckets: NDArray[np.unsignedinteger]
    offsets: NDArray[np.int64]
    words: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.words)

    def of_length(self, length: int) -> "Features":
        """Features of the words (1) alone, or of the word pairs (2).

        >>> HashedNgrams().features(["The end", "the END."]).of_length(2).buckets.tolist()
        [6088, 6088, 296]
        """
        document = np.repeat(np.arange(len(self)), np.diff(self.offsets))
        is_word = np.arange(len(self.buckets)) - self.offsets[document] < self.words[document]
        chosen = is_word if length == 1 else ~is_word
        sizes = self.words if length == 1 else np.diff(self.offsets) - self.words
        return Features(self.buckets[chosen], np.concatenate([[0], np.cumsum(sizes)]), self.words)

    def counts(self, total: int = BUCKETS) -> NDArray[np.int64]:
        """Hits of each of the ``total`` buckets, over all documents."""
        return np.bincount(self.buckets, minlength=total)


class HashedNgrams:
    """Finds the buckets of documents; keeps what it has hashed, so use one for a whole corpus.

    Parameters
    ----------
    buckets : at most 2**32.
    longest : 1 for words alone, 2 for words and pairs.
    engine : what says which characters are letters: "regex" as in NLTK since 3.10, or "re" as before.

    Examples
    --------
    >>> features = HashedNgrams().features(["The end", "the END."])
    >>> features.buckets.tolist(), features.words.tolist()
    ([8288, 7928, 6088, 8288, 7928, 3960, 6088, 296], [2, 3])
    """

    def __init__(self, *, buckets: int = BUCKETS, longest: int = 2, engine: Literal["regex", "re"] = "regex") -> None:
        if longest not in (1, 2):
            raise ValueError(f"n-grams of 1 or 2 words, not {longest}")
        if not 0 < buckets <= 2**32:
            raise ValueError(f"buckets must be from 1 to 2**32, not {buckets}")
        self.total, self.longest = buckets, longest
        self.engine = engine
        self._type = np.uint16 if buckets <= 2**16 else np.uint32
        self._forget()

    def features(self, texts: Sequence[str]) -> Features:
        """The buckets of every n-gram of these documents; pairs do not reach across documents.

        Raises
        ------
        DataError
            For one text, whose letters would be taken for documents.
        """
        one_text("texts", texts)
        if len(self._vocabulary.words) > _VOCABULARY:
            self._forget()
        words, lengths = self._words(texts)
        known = len(self._word_buckets)
        if known < len(self._vocabulary.words):
            encoded = [word.encode("utf-8", "surrogatepass") for word in self._vocabulary.words[known:]]
            self._encoded += encoded
            fresh = self._hash(encoded)
            self._word_buckets = np.concatenate([self._word_buckets, fresh])
        unigrams = self._word_buckets[words]
        if self.longest == 1:
            return Features(unigrams, np.concatenate([[0], np.cumsum(lengths)]), lengths)
        pairs = self._pairs(words[:-1].astype(np.uint64) << np.uint64(32) | words[1:].astype(np.uint64), lengths)
        counts = np.stack([lengths, np.maximum(lengths - 1, 0)], axis=1)
        ends = np.cumsum(counts)
        # where each n-gram goes: a document's words, then its pairs
        buckets = np.empty(int(counts.sum()), dtype=self._type)
        starts = ends.reshape(-1, 2) - counts
        for column, values in enumerate((unigrams, pairs)):
            length = counts[:, column]
            first = np.cumsum(length) - length
            buckets[np.arange(len(values)) + np.repeat(starts[:, column] - first, length)] = values
        return Features(buckets, np.concatenate([[0], ends[1::2]]), lengths)

    def _forget(self) -> None:
        self._vocabulary = _Vocabulary(self.engine)
        self._encoded: list[bytes] = []
        self._word_buckets = np.empty(0, dtype=self._type)
        self._slot_keys = np.full(1 << _SLOT_BITS, 2**64 - 1, dtype=np.uint64)
        self._slot_buckets = np.zeros(1 << _SLOT_BITS, dtype=self._type)

    def _words(self, texts: Sequence[str]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Numbers of all words in order, and how many each document has."""
        vocabulary = self._vocabulary
        fragments = array("q")
        ends = np.empty(len(texts) + 1, dtype=np.int64)
        ends[0] = 0
        for place, text in enumerate(texts, start=1):
            # No word reaches across white space, so what lies between is looked up whole.
            fragments.extend(map(vocabulary.__getitem__, _split(text.lower(), engine=self.engine)))
            ends[place] = len(fragments)
        chosen = np.frombuffer(fragments, dtype=np.int64)
        lengths = np.frombuffer(vocabulary.lengths, dtype=np.int64)[chosen]
        first = np.frombuffer(vocabulary.firsts, dtype=np.int64)[chosen]
        reached = np.concatenate([[0], np.cumsum(lengths)])
        within = np.arange(reached[-1]) + np.repeat(first - reached[:-1], lengths)
        words = np.frombuffer(vocabulary.pieces, dtype=np.int64)[within]
        return words, np.diff(reached[ends])

    def _pairs(self, keys: NDArray[np.uint64], lengths: NDArray[np.int64]) -> NDArray[np.unsignedinteger]:
        """Buckets of word pairs, those across the ends of documents left out; hashed where the cache has another."""
        inside = np.ones(len(keys), dtype=bool)
        ends = np.cumsum(lengths)[:-1]
        inside[ends[(ends > 0) & (ends <= len(keys))] - 1] = False
        keys = keys[inside]
        with np.errstate(over="ignore"):
            slots = (keys * np.uint64(0x9E3779B97F4A7C15)) >> np.uint64(64 - _SLOT_BITS)
        found = self._slot_buckets[slots]
        missed = np.flatnonzero(self._slot_keys[slots] != keys)
        if len(missed):
            fresh, places = np.unique(keys[missed], return_inverse=True)
            hashed = self._hash(self._spell(fresh))
            found[missed] = hashed[places]
            self._slot_keys[slots[missed]] = keys[missed]
            self._slot_buckets[slots[missed]] = found[missed]
        return found

    def _spell(self, keys: NDArray[np.uint64]) -> list[bytes]:
        encoded = self._encoded
        first = (keys >> np.uint64(32)).tolist()
        second = (keys & np.uint64(2**32 - 1)).tolist()
        return [encoded[a] + b" " + encoded[b] for a, b in zip(first, second, strict=True)]

    def _hash(self, spelled: list[bytes]) -> NDArray[np.unsignedinteger]:
        """SHA-256 modulo the number of buckets; the digest is a big-endian number of 256 bits."""
        sha256 = hashlib.sha256
        digests = b"".join([sha256(each).digest() for each in spelled])
        limbs = np.frombuffer(digests, dtype=">u4").reshape(-1, 8)
        remainder = np.zeros(len(limbs), dtype=np.uint64)
        total = np.uint64(self.total)
        for column in limbs.T:
            remainder = ((remainder << np.uint64(32)) | column.astype(np.uint64)) % total
        return remainder.astype(self._type)


def _split(text: str, *, engine: Literal["regex", "re"]) -> list[str]:
    """The strings between white space; four control characters are white space to ``re`` and ``str`` alone."""
    if engine == "regex" and any(character in text for character in _SPACES_TO_RE_ALONE):
        return [fragment for fragment in regex.split(r"\s+", text) if fragment]
    return text.split()


class _Vocabulary(dict[str, int]):
    """Numbers what stands between white space, and the words in it."""

    def __init__(self, engine: Literal["regex", "re"]) -> None:
        super().__init__()
        self._find = (regex if engine == "regex" else re).compile(_WORDS).findall
        self.words: list[str] = []
        self.numbers: dict[str, int] = {}
        # arrays, which NumPy reads without a copy
        self.pieces = array("q")
        self.firsts = array("q")
        self.lengths = array("q")

    def __missing__(self, fragment: str) -> int:
        number = self[fragment] = len(self.firsts)
        found = self._find(fragment)
        self.firsts.append(len(self.pieces))
        self.lengths.append(len(found))
        for piece in found:
            place = self.numbers.setdefault(piece, len(self.words))
            if place == len(self.words):
                self.words.append(piece)
            self.pieces.append(place)
        return number
