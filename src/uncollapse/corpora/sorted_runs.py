"""Numbers found by 64-bit keys, on disk but for the latest: 8 bytes stay in memory for 4,096 on disk.

Entries are kept in sorted runs, which are merged as they grow alike, so that there are few (O'Neil et al. 1996, "The
log-structured merge-tree"). Look-ups come many at a time; each reads the pages of 4,096 bytes that can hold its keys.
"""

import os
import tempfile
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

PAGE = 256  # entries of 16 bytes
IN_MEMORY = 1 << 20  # entries
_AT_ONCE = 1 << 13  # keys that are looked up together: their pages are 32 MiB
_MERGED_AT_ONCE = 1 << 20  # entries of each of two runs
_ENTRY = np.dtype([("key", "<u8"), ("value", "<u8")])


class SortedRuns:
    """Values by key; a key may have several.

    Examples
    --------
    >>> index = SortedRuns()
    >>> index.add(np.array([7, 9, 7], dtype=np.uint64), np.array([1, 2, 3], dtype=np.uint64))
    >>> places, values = index.find(np.array([8, 7], dtype=np.uint64))
    >>> places.tolist(), sorted(values.tolist())
    ([1, 1], [1, 3])
    """

    def __init__(self, *, in_memory: int = IN_MEMORY) -> None:
        self._room = in_memory
        self._fresh: list[NDArray] = []  # sorted, each twice as long as the next at least
        self._runs: list[_Run] = []  # as well, on disk

    def add(self, keys: NDArray[np.uint64], values: NDArray[np.uint64]) -> None:
        """Add entries (N,)."""
        entries = np.empty(len(keys), dtype=_ENTRY)
        entries["key"], entries["value"] = keys, values
        while self._fresh and len(self._fresh[-1]) < 2 * len(entries):
            entries = np.concatenate([self._fresh.pop(), entries])
        self._fresh.append(entries[np.argsort(entries["key"], kind="stable")])
        if sum(map(len, self._fresh)) <= self._room:
            return
        entries = np.concatenate(self._fresh)
        run = _Run(iter([entries[np.argsort(entries["key"], kind="stable")]]))
        self._fresh = []
        while self._runs and len(self._runs[-1]) < 2 * len(run):
            run = _Run(_merged(self._runs.pop(), run))
        self._runs.append(run)

    def find(self, keys: NDArray[np.uint64]) -> tuple[NDArray[np.int64], NDArray[np.uint64]]:
        """Places (M,) in ``keys`` of those that are there, once for each of their values (M,)."""
        order = np.argsort(keys, kind="stable")
        places, values = [np.empty(0, dtype=np.int64)], [np.empty(0, dtype=np.uint64)]
        for start in range(0, len(keys), _AT_ONCE):
            some = order[start : start + _AT_ONCE]
            wanted = keys[some]
            for entries in [*self._fresh, *(run.near(wanted) for run in self._runs)]:
                first, last = (np.searchsorted(entries["key"], wanted, side) for side in ("left", "right"))
                many = last - first
                here = np.repeat(np.arange(len(some)), many)
                within = np.arange(len(here)) - np.repeat(np.cumsum(many) - many, many)
                places.append(some[here])
                values.append(entries["value"][first[here] + within])
        return np.concatenate(places), np.concatenate(values)


class _Run:
    """Entries on disk, sorted, and the first key of each page in memory."""

    def __init__(self, blocks: Iterator[NDArray]) -> None:
        self._file = tempfile.TemporaryFile(buffering=0)  # noqa: SIM115
        self._size = 0
        firsts = []
        for block in blocks:
            firsts.append(block["key"][-self._size % PAGE :: PAGE])
            self._size += len(block)
            self._file.write(block.tobytes())
        self._firsts = np.concatenate(firsts)

    def __len__(self) -> int:
        return self._size

    def read(self, first: int, count: int) -> NDArray:
        raw = os.pread(self._file.fileno(), count * _ENTRY.itemsize, first * _ENTRY.itemsize)
        return np.frombuffer(raw, dtype=_ENTRY)

    def near(self, wanted: NDArray[np.uint64]) -> NDArray:
        """Entries, sorted, among which are all of these keys (sorted, one at least)."""
        first = np.maximum(np.searchsorted(self._firsts, wanted, "left") - 1, 0)
        last = np.maximum(np.searchsorted(self._firsts, wanted, "right") - 1, 0)
        reached = np.maximum.accumulate(last)
        apart = first[1:] > reached[:-1] + 1
        starts = first[np.concatenate([[True], apart])]
        ends = reached[np.concatenate([apart, [True]])] + 1
        parts = [self.read(a * PAGE, (b - a) * PAGE) for a, b in zip(starts, ends, strict=True)]
        return np.concatenate(parts)


def _merged(one: _Run, other: _Run) -> Iterator[NDArray]:
    """The entries of both, sorted, block by block."""
    read, held = [0, 0], [np.empty(0, dtype=_ENTRY), np.empty(0, dtype=_ENTRY)]
    runs = (one, other)
    while True:
        for side, run in enumerate(runs):
            if not len(held[side]) and read[side] < len(run):
                held[side] = run.read(read[side], min(_MERGED_AT_ONCE, len(run) - read[side]))
                read[side] += len(held[side])
        if not len(held[0]) and not len(held[1]):
            return
        # what is at most the lesser of both last keys can be written
        limit = min(each["key"][-1] for each in held if len(each))
        cuts = [int(np.searchsorted(each["key"], limit, "right")) for each in held]
        block = np.concatenate([each[:cut] for each, cut in zip(held, cuts, strict=True)])
        held = [each[cut:] for each, cut in zip(held, cuts, strict=True)]
        yield block[np.argsort(block["key"], kind="stable")]
