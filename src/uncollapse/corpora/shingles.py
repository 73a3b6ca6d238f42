"""Shingles of documents as hashes, and signatures of them that collide as often as documents overlap.

A shingle is five words in a row (Broder 1997), a document of fewer is one shingle. Signatures are one-permutation
MinHash (Li et al. 2012): each shingle falls into one of 128 bins by the first bits of its hash, the least of the others
is kept, and an empty bin borrows from one drawn at random until it has a value (optimal densification, Shrivastava
2017). Each shingle is so looked at once, where MinHash looks at it 128 times.
"""

import hashlib
from collections.abc import Sequence

import numpy as np
import regex
from numpy.typing import NDArray

from uncollapse.corpora.fragments import Words
from uncollapse.metrics.words import WORD, words_or_characters
from uncollapse.randomness.hashing import FIRST, SECOND, STEP

SHINGLE = 5  # words
BINS = 128
_BIN_BITS = 7
_MOST = 2_000_000  # strings known at a time; forgetting them bounds the memory and changes no hash
_EMPTY = np.uint32(2**32 - 1)
# row t: the bin that each bin borrows from in its t-th try; 127 tries reach all others
_BORROWED = np.stack(
    [np.random.default_rng([1, own]).permutation(np.delete(np.arange(BINS), own)) for own in range(BINS)], axis=1
)


class WordHashes:
    """Hashes of the words of documents, whatever their case and punctuation; of a text without any, its characters."""

    def __init__(self) -> None:
        self._forget()

    def _forget(self) -> None:
        self._words = Words(WORD, alike=str.casefold, number=_hash, compiled=regex.compile)

    def __call__(self, texts: Sequence[str]) -> tuple[NDArray[np.uint64], NDArray[np.int64]]:
        """Hashes (T,) of all words, one document after the other, and how many (N,) each document has."""
        if len(self._words) > _MOST:
            self._forget()
        values, counts = self._words.of_texts(texts)
        bare = np.flatnonzero(counts == 0)
        if len(bare):
            parts = np.split(values, np.cumsum(counts)[:-1])
            for place in bare:
                characters = words_or_characters(texts[place].casefold())
                parts[place] = np.array([_hash(character) for character in characters], dtype=np.int64)
            values, counts = np.concatenate(parts), np.array([len(part) for part in parts], dtype=np.int64)
        return values.view(np.uint64), counts


def _hash(word: str) -> int:
    digest = hashlib.blake2b(word.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "little", signed=True)


def shingles(hashes: NDArray[np.uint64], counts: NDArray[np.int64]) -> tuple[NDArray[np.uint64], NDArray[np.int64]]:
    """Hashes of the shingles of documents whose word hashes are given, and how many each has: one at least.

    >>> values, counts = shingles(np.arange(9, dtype=np.uint64), np.array([7, 2, 0]))
    >>> len(set(values.tolist())), counts.tolist()
    (5, [3, 1, 1])
    """
    sizes = np.maximum(counts - SHINGLE + 1, 1)
    # words behind the last one are zeros: what a short document is filled up with
    starts = np.cumsum(counts) - counts
    padded = np.concatenate([hashes, np.zeros(SHINGLE, dtype=np.uint64)])
    first = np.arange(int(sizes.sum())) + np.repeat(starts - (np.cumsum(sizes) - sizes), sizes)
    found = np.zeros(len(first), dtype=np.uint64)
    short = np.repeat(counts < SHINGLE, sizes)
    left = np.repeat(counts, sizes)[short]
    for place in range(SHINGLE):
        word = padded[first + place]
        if len(left):
            word[short] = np.where(place < left, word[short], np.uint64(0))
        found += word
        _mix(found, once=place < SHINGLE - 1)
    return found, sizes


def _mix(state: NDArray[np.uint64], *, once: bool) -> None:
    """A step and the finalizer of SplitMix64, in place; ``once``: its first half, enough between two words."""
    state += np.uint64(STEP)
    state ^= state >> np.uint64(30)
    state *= np.uint64(FIRST)
    if not once:
        state ^= state >> np.uint64(27)
        state *= np.uint64(SECOND)
        state ^= state >> np.uint64(31)


def signatures(found: NDArray[np.uint64], sizes: NDArray[np.int64]) -> NDArray[np.uint32]:
    """Signatures (N, 128) of documents by the hashes of their shingles: two agree in any place with the probability of
    their Jaccard similarity.

    >>> values, sizes = shingles(np.arange(300, dtype=np.uint64), np.array([200, 100]))
    >>> signature = signatures(np.concatenate([values, values[:196]]), np.array([196, 96, 196]))
    >>> signature.shape, bool((signature[0] == signature[2]).all()), bool((signature[0] == signature[1]).any())
    ((3, 128), True, False)
    """
    least = np.full(len(sizes) * BINS, _EMPTY)
    place = (found >> np.uint64(64 - _BIN_BITS)).astype(np.int64)
    place += np.repeat(np.arange(len(sizes)) * BINS, sizes)
    np.minimum.at(least, place, (found & np.uint64(2**32 - 2)).astype(np.uint32))
    least = least.reshape(-1, BINS)
    filled = least.copy()
    rows, bins = np.nonzero(least == _EMPTY)
    for borrowed in _BORROWED:
        if not len(rows):
            break
        values = least[rows, borrowed[bins]]
        filled[rows, bins] = values
        still = values == _EMPTY
        rows, bins = rows[still], bins[still]
    return filled


def band_keys(signature: NDArray[np.uint32], rows: int) -> NDArray[np.uint64]:
    """Keys (N, BINS // rows) of bands of so many places each: equal where all places of a band are."""
    bands = BINS // rows
    places = signature[:, : bands * rows].reshape(-1, bands, rows).astype(np.uint64)
    keys = np.broadcast_to(np.arange(bands, dtype=np.uint64), places.shape[:2]) * np.uint64(SECOND)
    for place in range(rows):
        keys = keys + places[:, :, place]
        _mix(keys, once=False)
    return keys
