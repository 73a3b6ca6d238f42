"""Documents that an earlier one says already.

Exact: equal words, whatever their case and punctuation; without any word, equal characters. Near: a Jaccard similarity
of their shingles from a limit on. Of a pair the earlier document stays. What is remembered lies on disk but for the
latest of it, so that memory does not grow with documents.
"""

import hashlib
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from uncollapse.corpora.near_duplicates import NearDuplicates
from uncollapse.corpora.shingles import WordHashes
from uncollapse.corpora.sorted_runs import SortedRuns


class Duplicates:
    """Remembers documents and recognizes those that were there before."""

    def __init__(self, *, near: float | None) -> None:
        """``near`` is the Jaccard similarity of shingles from which on a document is dropped; None: exact ones only."""
        self._hashes = WordHashes()
        self._exact = SortedRuns()
        self._near = None if near is None else NearDuplicates(near)

    def reasons(self, texts: Sequence[str]) -> list[str]:
        """Reason to drop each document; "" for one that is new, which is remembered.

        What is dropped does not depend on how many documents come at a time; a thousand do well.

        >>> seen = Duplicates(near=None)
        >>> seen.reasons(["Once more.", "Once, more!"]), seen.reasons(["once more"])
        (['', 'exact duplicate'], ['exact duplicate'])
        """
        if not texts:
            return []
        hashes, counts = self._hashes(texts)
        digests = _digests(hashes, counts)
        places, values = self._exact.find(digests[:, 0])
        known = set(places[values == digests[places, 1]].tolist())
        batch = None if self._near is None else self._near.look_up(hashes, counts)
        kept: dict[bytes, int] = {}
        reasons = []
        for place, digest in enumerate(map(bytes, digests)):
            if place in known or digest in kept:
                reasons.append("exact duplicate")
            elif batch is not None and batch.is_near(place):
                reasons.append("near duplicate")
            else:
                reasons.append("")
                kept[digest] = place
        new = list(kept.values())
        self._exact.add(digests[new, 0], digests[new, 1])
        if batch is not None:
            batch.remember()
        return reasons


def _digests(hashes: NDArray[np.uint64], counts: NDArray[np.int64]) -> NDArray[np.uint64]:
    """A digest (N, 2) of the words of each document."""
    raw, ends = memoryview(hashes.tobytes()), (8 * np.cumsum(counts)).tolist()
    parts = [
        hashlib.blake2b(raw[end - 8 * count : end], digest_size=16).digest()
        for end, count in zip(ends, counts.tolist(), strict=True)
    ]
    return np.frombuffer(b"".join(parts), dtype="<u8").reshape(-1, 2)
