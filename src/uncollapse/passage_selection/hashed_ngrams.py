"""Words and word pairs of documents as numbers of hash buckets: the features of DSIR and of the n-gram histograms.

A document is lower-cased and cut into runs of letters, digits and underscores, and runs of other marks (NLTK's
``WordPunctTokenizer``). The bucket of an n-gram is SHA-256 of its words, joined by spaces, modulo the number of
buckets: exactly the features of Xie et al. 2023 as their package ``data-selection`` counts them.

What counts as a letter depends on the NLTK beside that package: since 3.10 it goes by ``regex``, where a combining
accent belongs to its word, before by ``re``, where it cuts the word in two. Both can be had.
"""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import regex
from numpy.typing import NDArray

from uncollapse.corpora.fragments import Words
from uncollapse.corpora.given_texts import one_text

BUCKETS = 10_000  # Xie et al. 2023, section 3; Zhu et al. 2024, Figure 5
_WORDS = r"\w+|[^\w\s]+"
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
        if max(len(self._words), len(self._encoded)) > _VOCABULARY:
            self._forget()
        words, lengths = self._words.of_texts(texts)
        if fresh := self._encoded[len(self._word_buckets) :]:
            self._word_buckets = np.concatenate([self._word_buckets, self._hash(fresh)])
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
        self._encoded: list[bytes] = []
        compiled = regex.compile if self.engine == "regex" else re.compile
        # no word reaches across white space, nor does what decides the lower case of a letter
        self._words = Words(_WORDS, alike=str.lower, number=self._number, compiled=compiled)
        self._word_buckets = np.empty(0, dtype=self._type)
        self._slot_keys = np.full(1 << _SLOT_BITS, 2**64 - 1, dtype=np.uint64)
        self._slot_buckets = np.zeros(1 << _SLOT_BITS, dtype=self._type)
        self._slot_asks = np.empty(1 << _SLOT_BITS, dtype=np.uint32)

    def _number(self, word: str) -> int:
        self._encoded.append(word.encode("utf-8", "surrogatepass"))
        return len(self._encoded) - 1

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
        while len(missed):
            mine = slots[missed]
            self._slot_asks[mine] = missed
            asked = missed[self._slot_asks[mine] == missed]  # one for each slot, and so for each pair
            self._slot_keys[slots[asked]] = keys[asked]
            self._slot_buckets[slots[asked]] = self._hash(self._spell(keys[asked]))
            found[missed] = self._slot_buckets[mine]
            missed = missed[self._slot_keys[mine] != keys[missed]]  # another pair had the same slot
        return found

    def _spell(self, keys: NDArray[np.uint64]) -> list[bytes]:
        encoded = self._encoded
        first = (keys >> np.uint64(32)).tolist()
        second = (keys & np.uint64(2**32 - 1)).tolist()
        return [encoded[a] + b" " + encoded[b] for a, b in zip(first, second, strict=True)]

    def _hash(self, spelled: list[bytes]) -> NDArray[np.unsignedinteger]:
        """SHA-256 modulo the number of buckets; the digest is a big-endian number of 256 bits."""
        digests = b"".join([digest.digest() for digest in map(hashlib.sha256, spelled)])
        limbs = np.frombuffer(digests, dtype=">u4").reshape(-1, 8)
        if self.total <= 2**28:  # eight products of 32 and 28 bits add up to 63
            shares = np.array([pow(2, 32 * place, self.total) for place in reversed(range(8))], dtype=np.uint64)
            return ((limbs * shares).sum(axis=1) % np.uint64(self.total)).astype(self._type)
        remainder = np.zeros(len(limbs), dtype=np.uint64)
        for column in limbs.T:
            remainder = ((remainder << np.uint64(32)) | column.astype(np.uint64)) % np.uint64(self.total)
        return remainder.astype(self._type)
