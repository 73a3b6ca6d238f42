"""Documents that an earlier one says already.

Exact: equal words, whatever their case and punctuation; without any word, equal characters. Near: MinHash over shingles
of five words (Broder 1997), looked up in bands, so that time grows with the number of documents; of a pair the earlier
document stays. On 15,190 stories of Reuters-21578 it drops 467 of the 483 that have a Jaccard similarity of 0.7 or more
with an earlier one; comparing the first 30 words finds 423 of them, and takes 137 others that only begin alike.
"""

import hashlib
import zlib

from datasketch import MinHash, MinHashLSH

from uncollapse.metrics.words import words_or_characters

SHINGLE = 5  # words
PERMUTATIONS = 128


class Duplicates:
    """Remembers documents and recognizes those that were there before."""

    def __init__(self, *, near: float | None) -> None:
        """``near`` is the Jaccard similarity of shingles from which on a document is dropped; None: exact ones only."""
        self.near = near
        self._exact: set[bytes] = set()
        self._hashes: dict[int, MinHash] = {}
        self._index = MinHashLSH(threshold=near, num_perm=PERMUTATIONS) if near is not None else None
        # has the permutations, drawn once from a fixed seed: drawing them for every document took half of the time
        self._first = MinHash(num_perm=PERMUTATIONS, seed=1)

    def reason(self, text: str) -> str:
        """Reason to drop a document; "" for one that is new, which is remembered.

        >>> seen = Duplicates(near=None)
        >>> seen.reason("Once more."), seen.reason("Once, more!")
        ('', 'exact duplicate')
        """
        found = words_or_characters(text.casefold())
        digest = hashlib.blake2b(" ".join(found).encode(), digest_size=16).digest()
        if digest in self._exact:
            return "exact duplicate"
        if self._index is not None and self._is_near(found):
            return "near duplicate"
        self._exact.add(digest)
        return ""

    def _is_near(self, found: list[str]) -> bool:
        assert self._index is not None
        assert self.near is not None
        shingles = {" ".join(found[i : i + SHINGLE]) for i in range(max(1, len(found) - SHINGLE + 1))}
        # a 32-bit hash of each, and the permutations over them
        first = self._first
        mine = MinHash(
            num_perm=PERMUTATIONS,
            seed=first.seed,
            scheme=first.scheme,
            hashfunc=zlib.crc32,
            permutations=first.permutations,
        )
        mine.update_batch([shingle.encode() for shingle in shingles])
        # those that share a band, held against the estimate itself
        if any(mine.jaccard(self._hashes[other]) >= self.near for other in self._index.query(mine)):
            return True
        number = len(self._hashes)
        self._hashes[number] = mine
        self._index.insert(number, mine)
        return False
