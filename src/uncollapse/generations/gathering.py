"""Rows as a model learns from them, fetched from where each is stored once."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from uncollapse.artifacts.parquet import read_row_groups
from uncollapse.errors import ArtifactError
from uncollapse.generations.regimes import REAL, Chosen


def gathered(
    chosen: Chosen, files: Mapping[int, Sequence[Path]], schemas: Mapping[int, pa.Schema], *, seed: int
) -> pa.Table:
    """Rows in the order of ``chosen``, with the columns that all origins share besides seed and row number.

    Parameters
    ----------
    files : by origin; rows of other seeds are passed over where a file has a column seed.
    schemas : of the files, by origin.
    """
    names = [name for name in next(iter(schemas.values())).names if name not in ("seed", "split", "row_id")]
    parts, places = [], []
    for origin in np.unique(chosen.origins):
        here = np.flatnonzero(chosen.origins == origin)
        numbers = chosen.numbers[here]
        order = np.argsort(numbers, kind="stable")
        found = rows_of(files[origin], schemas[origin], seed=None if origin == REAL else seed, numbers=numbers[order])
        parts.append(found.select(names))
        places.append(here[order])
    table = pa.concat_tables(parts)
    return table.take(np.argsort(np.concatenate(places), kind="stable"))


def rows_of(
    files: Sequence[Path], schema: pa.Schema, *, seed: int | None, numbers: NDArray[np.int64] | None = None
) -> pa.Table:
    """Rows of a seed (or the real training rows, where it is None) with these numbers, ascending; all by default.

    Raises
    ------
    ArtifactError
        Where one is missing.
    """
    parts = [schema.empty_table()]
    for group in read_row_groups(files, schema):
        mine = pc.equal(group.column("split"), "train") if seed is None else pc.equal(group.column("seed"), seed)
        if numbers is not None:
            mine = pc.and_(mine, pc.is_in(group.column("row_id"), value_set=pa.array(numbers)))
        parts.append(group.filter(mine))
    table = pa.concat_tables(parts)
    if seed is None:  # real rows lie in the order in which they were read
        table = table.sort_by("row_id")
    if numbers is not None and not np.array_equal(table.column("row_id").to_numpy(), numbers):
        missing = np.setdiff1d(numbers, table.column("row_id").to_numpy())
        named = f"row {missing[0]:,} is missing" if len(missing) else "its rows are not in order, once each"
        raise ArtifactError(f"{files[0]}: {named}; delete it and rerun")
    return table
