"""Disk of a run's results and its store, by kind of artifact; no byte is counted twice.

    python benchmarks/disk.py [results]

What a file takes is what the file system gives it. A file with a name among the results and one in the store counts
among the results; the store's line has what it takes beyond that.
"""

from __future__ import annotations

import argparse
import sys
from collections import defaultdict
from pathlib import Path

_BLOCK = 512  # bytes of st_blocks
_LEAST = 1e6  # bytes of a kind that has a line of its own


def kind_of(path: Path) -> str:
    """The kind of a result: the folder it lies in, below that of its experiment.

    >>> kind_of(Path("summaries/models/generator-seed0.safetensors")), kind_of(Path("report.html"))
    ('summaries/models', 'report.html')
    """
    visible = [part for part in path.parts[:-1] if not part.startswith(".")]
    return "/".join(visible[:2]) or path.name


def taken(results: Path, store: Path) -> tuple[dict[str, list[float]], dict[str, list[float]]]:
    """Files, bytes, and bytes that the store holds as well of every kind; the same of the store's folders, alone."""
    seen: set[tuple[int, int]] = set()
    objects = {(stat.st_dev, stat.st_ino) for path in store.rglob("*") if (stat := path.stat()) and path.is_file()}
    found: tuple[dict[str, list[float]], ...] = (defaultdict(lambda: [0.0] * 3), defaultdict(lambda: [0.0] * 3))
    for root, kinds in ((results, found[0]), (store, found[1])):
        for path in sorted(root.rglob("*")):
            if not path.is_file() or (root == results and path.is_relative_to(store)):
                continue
            stat = path.stat()
            if (place := (stat.st_dev, stat.st_ino)) in seen:
                continue
            seen.add(place)
            size = stat.st_blocks * _BLOCK
            line = kinds[kind_of(path.relative_to(root))]
            for number, value in enumerate((1, size, size if place in objects else 0)):
                line[number] += value
    return found  # type: ignore[return-value]


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("results", type=Path, nargs="?", default=Path("results"))
    parser.add_argument("--store", type=Path, help="by default .store in the results")
    given = parser.parse_args()
    store = given.store or given.results / ".store"
    if not given.results.is_dir():
        sys.exit(f"{given.results}: no such folder; run snakemake first, or name the folder of results")
    kinds, kept = taken(given.results, store)
    print(f"{'':34}{'files':>8}{'MB':>9}{'  of these in the store too':>20}")

    def line(name: str, values: list[float]) -> None:
        print(f"{name:34}{values[0]:8,.0f}{values[1] / 1e6:9,.0f}{values[2] / 1e6:20,.0f}")

    ordered = sorted(kinds.items(), key=lambda pair: -pair[1][1])
    for name, values in ordered:
        if values[1] >= _LEAST:
            line(name, values)
    small = [values for _, values in ordered if values[1] < _LEAST]
    line(f"{len(small)} smaller kinds", [sum(column) for column in zip(*small, strict=True)] or [0.0] * 3)
    results = [sum(column) for column in zip(*kinds.values(), strict=True)] or [0.0] * 3
    alone = [sum(column) for column in zip(*kept.values(), strict=True)] or [0.0] * 3
    line("results", results)
    print(f"{'the store beyond these':34}{alone[0]:8,.0f}{alone[1] / 1e6:9,.0f}")
    print(f"{'together':34}{results[0] + alone[0]:8,.0f}{(results[1] + alone[1]) / 1e6:9,.0f}")


if __name__ == "__main__":
    main()
