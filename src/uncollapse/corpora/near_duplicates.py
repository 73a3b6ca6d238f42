"""Documents that share most of their shingles with an earlier one.

Pairs are looked up in bands of MinHash signatures, so that time grows with the number of documents, and each that is
found is compared by its shingles themselves: no document is dropped below the limit. Of pairs at the limit 99% are
found, of closer ones more.
"""

import os
import tempfile

import numpy as np
from numpy.typing import NDArray

from uncollapse.corpora.shingles import BINS, band_keys, shingles, signatures
from uncollapse.corpora.sorted_runs import SortedRuns

RECALL = 0.99  # least chance of a pair at the limit to be found


def rows_of_bands(near: float) -> int:
    """Places of a signature in each band: as many as leave a pair of this similarity a chance of RECALL to be found.

    >>> rows_of_bands(0.7), rows_of_bands(1.0), rows_of_bands(0.01)
    (4, 128, 1)
    """
    enough = (rows for rows in range(BINS, 1, -1) if 1 - (1 - near**rows) ** (BINS // rows) >= RECALL)
    return next(enough, 1)


class NearDuplicates:
    """Remembers documents by their shingles."""

    def __init__(self, near: float) -> None:
        self.near = near
        self.sets = _Sets()
        self.bands = SortedRuns()

    def look_up(self, hashes: NDArray[np.uint64], counts: NDArray[np.int64]) -> "Batch":
        """Several documents, by the hashes of their words (T,) and the number of words of each (N,)."""
        return Batch(self, *shingles(hashes, counts))


class Batch:
    """Documents to be asked about in their order, and remembered together."""

    def __init__(self, seen: NearDuplicates, values: NDArray[np.uint64], sizes: NDArray[np.int64]) -> None:
        self._seen = seen
        self._keys = band_keys(signatures(values, sizes), rows_of_bands(seen.near))
        # each document's different shingles in order, by half of their hashes: what lies on disk for each
        document = np.repeat(np.arange(len(sizes), dtype=np.uint64), sizes)
        cells = np.sort(document << np.uint64(32) | values >> np.uint64(32))
        cells = cells[np.concatenate([[True], cells[1:] != cells[:-1]])]
        self._sets = np.split((cells & np.uint64(2**32 - 1)).astype("<u4"), self._starts(cells, len(sizes)))
        self._new: list[int] = []
        self._earlier = self._by_document(*seen.bands.find(self._keys.ravel()))
        # keys that several of these documents have, and which of those were new so far
        _, which, times = np.unique(self._keys, return_inverse=True, return_counts=True)
        shared = np.flatnonzero(times[which.ravel()] > 1)
        self._shared = self._by_document(shared, which.ravel()[shared])
        self._holders: dict[int, list[int]] = {}

    @staticmethod
    def _starts(cells: NDArray[np.uint64], documents: int) -> NDArray[np.int64]:
        return np.searchsorted(cells, np.arange(1, documents, dtype=np.uint64) << np.uint64(32))

    def _by_document(self, places: NDArray[np.int64], values: NDArray) -> dict[int, dict[int, None]]:
        """Values of each document, once each, by places among the keys."""
        found: dict[int, dict[int, None]] = {}
        for document, value in zip((places // self._keys.shape[1]).tolist(), values.tolist(), strict=True):
            found.setdefault(document, {})[value] = None
        return found

    def is_near(self, document: int) -> bool:
        """Whether an earlier document is as similar as the limit; otherwise it is new, and will be remembered."""
        mine, near, shared = self._sets[document], self._seen.near, self._shared.get(document, {})
        if any(_jaccard(mine, self._seen.sets.read(address)) >= near for address in self._earlier.get(document, ())):
            return True
        others = {other: None for key in shared for other in self._holders.get(key, ())}
        if any(_jaccard(mine, self._sets[other]) >= near for other in others):
            return True
        self._new.append(document)
        for key in shared:
            self._holders.setdefault(key, []).append(document)
        return False

    def remember(self) -> None:
        """Keep what was new for documents to come."""
        addresses = self._seen.sets.add([self._sets[document] for document in self._new])
        self._seen.bands.add(self._keys[self._new].ravel(), np.repeat(addresses, self._keys.shape[1]))


def _jaccard(one: NDArray[np.uint32], other: NDArray[np.uint32]) -> float:
    """Similarity of two sets, each sorted."""
    both = np.concatenate([one, other])
    both.sort(kind="stable")
    common = np.count_nonzero(both[1:] == both[:-1])
    return common / (len(both) - common)


class _Sets:
    """Sets of 32-bit numbers on disk, by address: 4 bytes for each number, and 4 for each set."""

    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile(buffering=0)  # noqa: SIM115
        self._size = 0

    def add(self, sets: list[NDArray[np.uint32]]) -> NDArray[np.uint64]:
        """Addresses (N,) of sets that are written."""
        lengths = np.array([len(each) for each in sets], dtype="<u4")
        ends = self._size + np.cumsum(4 * (lengths.astype(np.int64) + 1))
        self._file.write(b"".join(part for size, each in zip(lengths, sets, strict=True) for part in (size, each)))
        starts = np.concatenate([[self._size], ends])
        self._size = int(starts[-1])
        return starts[:-1].astype(np.uint64)

    def read(self, address: int) -> NDArray[np.uint32]:
        page = os.pread(self._file.fileno(), 4096, address)
        size = 4 + 4 * int.from_bytes(page[:4], "little")
        if size > len(page):
            page = os.pread(self._file.fileno(), size, address)
        return np.frombuffer(page[4:size], dtype="<u4")
