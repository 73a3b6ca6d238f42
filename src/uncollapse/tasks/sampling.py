"""Prompts for each split, drawn so that no two splits can share one.

A prompt belongs to the split that a hash of its tokens points to; drawing for a split keeps only those. The hash knows
nothing of the task, so every split has the task's own distribution, and splits are drawn independently, in any size.
"""

import hashlib
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import numpy as np
import pyarrow as pa

from uncollapse.artifacts.parquet import ROW_GROUP, as_table
from uncollapse.artifacts.prompts import prompts as prompt_schema
from uncollapse.compute.side_by_side import in_order
from uncollapse.errors import DataError
from uncollapse.randomness.hashing import hash_rows
from uncollapse.tasks.splits import SPLITS


def sample(
    task: ModuleType, settings: Any, *, split: str, count: int, seed: int, threads: int = 1
) -> Iterator[pa.Table]:
    """Tables of prompts with truths, ``count`` rows in all, numbered from 0 by ``prompt_id``.

    Draws are keyed by (seed, split, block), so a longer split begins with the shorter one's prompts, and blocks that
    ``threads`` draw side by side are those that one draws.

    Raises
    ------
    DataError
        Where a hundred times the draws that should do have not sufficed: the task has too few different prompts.
    """
    schema = prompt_schema(task.PROMPT_COLUMNS)
    first, last = SPLITS[split]
    done = 0
    waiting: list[pa.Table] = []
    enough = 100 * (1 + 8 * count // ((last - first) * ROW_GROUP))

    def block(number: int) -> pa.Table:
        """The split's part of a block of draws, not yet numbered."""
        key = hashlib.sha256(f"sample {seed} {split} {number}".encode()).digest()
        rng = np.random.Generator(np.random.Philox(key=int.from_bytes(key[:16], "little")))
        drawn = task.draw(settings, count=ROW_GROUP, rng=rng)
        table = as_table({"prompt_id": np.arange(ROW_GROUP), **drawn}, schema)
        octant = hash_rows(task.prompt_tokens(table, settings)) >> np.uint64(61)
        return table.filter(pa.array((octant >= first) & (octant < last)))

    for kept in in_order(block, range(enough), threads=threads):
        kept = kept.slice(0, count - done)
        waiting.append(kept.set_column(0, schema.field(0), pa.array(np.arange(done, done + len(kept)))))
        done += len(kept)
        full = sum(map(len, waiting)) // ROW_GROUP * ROW_GROUP
        if full or done == count:
            table = pa.concat_tables(waiting)
            for start in range(0, len(table) if done == count else full, ROW_GROUP):
                yield table.slice(start, ROW_GROUP)
            waiting = [table.slice(full)]
        if done == count:
            return
    raise DataError(
        f"{enough * ROW_GROUP:,} prompts drawn, but only {done:,} of {count:,} fall to the split {split!r}: the task"
        " has too few different prompts; widen it (task, in config)"
    )
