"""Some rows of a table written as they are, as a stream, into Parquet, JSON lines, CSV or TSV, plain or packed."""

import functools
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
from numpy.typing import NDArray

from uncollapse.candidate_tables.changed_rows import taken, write_changed
from uncollapse.candidate_tables.roles import SUFFIXES
from uncollapse.corpora.formats import kind_of
from uncollapse.corpora.written import check_kind, check_place, check_values
from uncollapse.generators.candidate_file import ABOUT
from uncollapse.jobs.partial import whole

_BATCH = 4096


def check_outputs(source: Path, outputs: Sequence[Path], *, overwrite: bool) -> None:
    """Refuse outputs that are of no kind, in no folder, or already there.

    Raises
    ------
    DataError
        With the option and what to do.
    """
    for path in outputs:
        check_kind(path, option="--output", among=SUFFIXES)
        check_place(path, source, option="--output", overwrite=overwrite)
        check_values(source, path)


def write_rows(source: Path, outputs: Mapping[Path, NDArray[np.int64]]) -> None:
    """Write to each output the rows of the source with these numbers, in the source's order; whole or not at all.

    Parquet from Parquet keeps its types, and what the file says of how its candidates came about.
    """
    if kind_of(source, SUFFIXES) == "parquet" and all(kind_of(path, SUFFIXES) == "parquet" for path in outputs):
        _parquet(source, outputs)
        return
    for path, numbers in outputs.items():
        wanted, place = set(numbers.tolist()), iter(range(2**62))
        chosen = functools.partial(_chosen, wanted=wanted, place=place)
        write_changed(source, path, chosen, reads=[])


def _chosen(row: dict[str, Any], *, wanted: set[int], place: Iterator[int]) -> dict[str, Any] | None:
    """No change of a row whose number is wanted; None of others."""
    return {} if next(place) in wanted else None


def _parquet(source: Path, outputs: Mapping[Path, NDArray[np.int64]]) -> None:
    with ExitStack() as stack, pq.ParquetFile(source) as file:
        held = file.schema_arrow.metadata or {}
        schema = file.schema_arrow.with_metadata({name: held[name] for name in held if name == ABOUT})
        writers = {}
        for path in outputs:
            partial = stack.enter_context(whole(path))
            writers[path] = stack.enter_context(pq.ParquetWriter(partial, schema, compression="zstd"))
        begin = 0
        for batch in file.iter_batches(batch_size=_BATCH):
            for path, numbers in outputs.items():
                first, last = np.searchsorted(numbers, [begin, begin + len(batch)])
                if last > first:
                    table = taken(batch, numbers[first:last] - begin)
                    writers[path].write_table(table.replace_schema_metadata(schema.metadata))
            begin += len(batch)
