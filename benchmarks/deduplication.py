"""Duplicates among documents: ours beside datasketch, in processor time on one thread, memory, recall and false pairs.

    python benchmarks/deduplication.py [--documents 100000] [--exact 5000] [--others datasketch rensa] [--rounds 1]

Documents are made up: words drawn by Zipf's law from 100,000, 214 of them on average, with punctuation. One in ten is a
copy of an earlier one in which a share of the words, from none to a third, stands for others. Each side runs in a
process of its own, in turn; its peak memory is that of the process, which reads documents from a file a thousand at a
time. Recall and false pairs are against exact Jaccard similarities of shingles on the first ``--exact`` documents: of
those that have 0.7 or more with an earlier one that is kept, how many are dropped, and how many others are.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import subprocess
import sys
import tempfile
import time
import zlib
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path

import numpy as np

NEAR = 0.7
SHINGLE, PERMUTATIONS = 5, 128
SIDES = ("ours", "datasketch", "rensa")


def made_up(count: int, seed: int = 0) -> Iterator[str]:
    """Documents, one in ten of them a changed copy."""
    rng = np.random.default_rng(seed)
    letters = np.array(list("etaoinshrdlucmfwypvbgkqjxz"))
    words = np.array(["".join(rng.choice(letters, size=size)) for size in rng.integers(2, 11, size=100_000)])
    chances = 1 / (np.arange(len(words)) + 2.7)
    reached = np.cumsum(chances / chances.sum())
    pool: list[np.ndarray] = []
    for _ in range(count):
        if pool and rng.random() < 0.1:
            own = pool[rng.integers(len(pool))].copy()
            changed = rng.random(len(own)) < rng.uniform(0, 1 / 3) * rng.integers(2)
            own[changed] = np.searchsorted(reached, rng.random(int(changed.sum())))
        else:
            own = np.searchsorted(reached, rng.random(int(rng.lognormal(5.2, 0.55)) + 5))
            if len(pool) < 2000:
                pool.append(own)
            else:
                pool[rng.integers(2000)] = own
        text = words[np.minimum(own, len(words) - 1)].astype(object)
        text[7::11] += ","
        text[::17] = [word.capitalize() for word in text[::17]]
        text[16::17] += "."
        yield " ".join(text)


def ours() -> Callable[[list[str]], list[bool]]:
    """Which of some documents are dropped, by this project."""
    from uncollapse.corpora.deduplication import Duplicates

    seen = Duplicates(near=NEAR)
    return lambda texts: [bool(reason) for reason in seen.reasons(texts)]


def _shingles(text: str) -> list[str]:
    from uncollapse.metrics.words import words_or_characters

    found = words_or_characters(text.casefold())
    return [" ".join(found[i : i + SHINGLE]) for i in range(max(1, len(found) - SHINGLE + 1))]


def datasketch() -> Callable[[list[str]], list[bool]]:
    """By MinHash and its index of datasketch, as this project did before."""
    from datasketch import MinHash, MinHashLSH

    index = MinHashLSH(threshold=NEAR, num_perm=PERMUTATIONS)
    first = MinHash(num_perm=PERMUTATIONS, seed=1)
    kept: list = []

    def one(text: str) -> bool:
        mine = MinHash(
            num_perm=PERMUTATIONS, seed=1, scheme=first.scheme, hashfunc=zlib.crc32, permutations=first.permutations
        )
        mine.update_batch([shingle.encode() for shingle in set(_shingles(text))])
        if any(mine.jaccard(kept[other]) >= NEAR for other in index.query(mine)):
            return True
        index.insert(len(kept), mine)
        kept.append(mine)
        return False

    return lambda texts: [one(text) for text in texts]


def rensa() -> Callable[[list[str]], list[bool]]:
    """By MinHash and its index of rensa, on the same shingles."""
    from rensa import RMinHash, RMinHashLSH

    index = RMinHashLSH(threshold=NEAR, num_perm=PERMUTATIONS, num_bands=16)
    kept: list = []

    def one(text: str) -> bool:
        mine = RMinHash(num_perm=PERMUTATIONS, seed=1)
        mine.update(_shingles(text))
        if any(mine.jaccard(kept[other]) >= NEAR for other in index.query(mine)):
            return True
        index.insert(len(kept), mine)
        kept.append(mine)
        return False

    return lambda texts: [one(text) for text in texts]


def batches(path: Path) -> Iterator[list[str]]:
    """Documents of a file, a thousand at a time."""
    with path.open(encoding="utf-8") as file:
        lines = (line.rstrip("\n") for line in file)
        while some := list(islice(lines, 1000)):
            yield some


def side(name: str, path: Path) -> None:
    """Run one side and print what it took, as JSON."""
    dropped, spent = [], 0.0
    look = {"ours": ours, "datasketch": datasketch, "rensa": rensa}[name]()
    for some in batches(path):
        begun = time.process_time()
        dropped += look(some)
        spent += time.process_time() - begun
    status = Path("/proc/self/status").read_text()  # of this program alone, where getrusage knows its parent's as well
    peak = int(status.split("VmHWM:")[1].split()[0]) / 1024
    print(json.dumps({"seconds": spent, "peak": peak, "dropped": np.flatnonzero(dropped).tolist()}))


def exact(path: Path, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Whether each of the first documents is to be dropped, and whether any earlier one is that similar."""
    import scipy.sparse

    numbers: dict[str, int] = {}
    rows, columns = [], []
    texts = [text for some in batches(path) for text in some][:count]
    for row, text in enumerate(texts):
        own = {numbers.setdefault(shingle, len(numbers)) for shingle in _shingles(text)}
        rows += [row] * len(own)
        columns += own
    table = scipy.sparse.csr_matrix((np.ones(len(rows), dtype=np.int32), (rows, columns)))
    sizes = np.asarray(table.sum(1)).ravel()
    common = scipy.sparse.tril(table @ table.T, -1).tocoo()
    near = common.data / (sizes[common.row] + sizes[common.col] - common.data) >= NEAR
    similar, dropped = np.zeros((2, len(texts)), dtype=bool)
    similar[common.row[near]] = True
    for row, earlier in sorted(zip(common.row[near], common.col[near], strict=True)):
        dropped[row] |= not dropped[earlier]
    return dropped, similar


def main() -> None:
    """Print seconds, memory, what is kept, recall and false pairs by side."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--documents", type=int, default=100_000)
    parser.add_argument("--exact", type=int, default=5000)
    parser.add_argument("--others", nargs="*", default=[one for one in SIDES[1:] if importlib.util.find_spec(one)])
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--side", help=argparse.SUPPRESS)
    parser.add_argument("--texts", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.side:
        side(options.side, options.texts)
        return
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "texts"
        with path.open("w", encoding="utf-8") as file:
            file.writelines(text + "\n" for text in made_up(options.documents))
        wanted, similar = exact(path, min(options.exact, options.documents))
        print(f"{options.documents:,} documents; {wanted.sum():,} of the first {len(wanted):,} are to be dropped")
        print(f"{'':12}{'seconds':>9}{'MB':>8}{'kept':>10}{'found':>9}{'false':>8}")
        found: dict[str, list] = {name: [] for name in ("ours", *options.others)}
        for _ in range(options.rounds):
            for name in found:
                call = [sys.executable, __file__, "--side", name, "--texts", str(path)]
                environment = os.environ | {"OMP_NUM_THREADS": "1"}
                told = json.loads(subprocess.run(call, env=environment, check=True, stdout=subprocess.PIPE).stdout)
                found[name].append((told["seconds"], told["peak"], told["dropped"]))
        for name, rounds in found.items():
            seconds, memory, dropped = min(rounds)
            marked = np.zeros(options.documents, dtype=bool)
            marked[dropped] = True
            marked = marked[: len(wanted)]
            print(f"{name:12}{seconds:9.2f}{memory:8,.0f}{options.documents - len(dropped):10,}"
                  f"{(marked & wanted).sum():9,}{(marked & ~similar).sum():8,}")  # fmt: skip


if __name__ == "__main__":
    main()
