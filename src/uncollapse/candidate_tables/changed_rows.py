"""Rows of a table with some values changed, as a stream into Parquet, JSON lines, CSV or TSV, plain or packed."""

import csv
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Any, TextIO

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from uncollapse.corpora.formats import DELIMITERS, kind_of
from uncollapse.corpora.rows import check_once
from uncollapse.corpora.tables import column_names, python_rows, read_rows, schema_of
from uncollapse.corpora.written import check_kind, check_values, json_line, writing
from uncollapse.errors import DataError
from uncollapse.jobs.partial import whole
from uncollapse.prompts.further_columns import Carried, cell, table_of

_BATCH = 4096

Change = Callable[[dict[str, Any]], Mapping[str, Any] | None]  # from a row to the values that are other ones


def check_output(output: Path, *, option: str, source: Path | None = None) -> None:
    """Refuse a file that is there, in no folder, of no kind that can be written, or no place for what ``source`` holds.

    Raises
    ------
    DataError
        Naming the option.
    """
    check_kind(output, option=option)
    if not output.parent.is_dir():
        raise DataError(f"{option} {output}: there is no folder {output.parent}")
    if output.exists():
        raise DataError(f"{option} {output}: is there already; name another, or delete it")
    if source is not None and source.is_file() and kind_of(source):
        check_values(source, output)
        if kind_of(source) == "parquet":
            names = column_names(source)
            check_once(source, names, names)


def write_changed(
    source: Path, output: Path, change: Change, *, reads: Sequence[str], added: Sequence[pa.Field] = ()
) -> int:
    """Write the rows of a table, in its order and with all its columns; returns how many.

    Parameters
    ----------
    change : is called for each row in turn, once; None leaves the row out.
    reads : columns that ``change`` looks at, and the only ones of the table that it may give another value.
    added : columns that ``change`` gives a value each, behind the table's own, of which none keeps such a name. A
        Parquet file from a Parquet file keeps the types of the others, and their values to the last digit.

    Raises
    ------
    DataError
        For values that such an output cannot hold.
    """
    check_values(source, output)
    further = {field.name for field in added}
    own = [name for name in column_names(source) if name not in further]
    with whole(output) as partial:
        if kind_of(source) == kind_of(output) == "parquet":
            return _arrow(source, partial, own, change, reads, added)
        if kind_of(output) == "parquet":
            schema = pa.schema([field for field in _schema(source, own) if field.name not in further] + [*added])
            return _parquet(partial, _changed(source, own, further, change), schema)
        with writing(partial) as file:
            rows = _changed(source, own, further, change)
            return _lines(file, rows, [*own, *(field.name for field in added)], str(kind_of(output)))


def _changed(source: Path, own: list[str], further: set[str], change: Change) -> Iterator[dict[str, Any]]:
    for _, row in read_rows(source, own if kind_of(source) != "json" else []):
        if (values := change(row)) is not None:
            yield {name: value for name, value in row.items() if name not in further} | dict(values)


def _lines(file: TextIO, rows: Iterable[dict[str, Any]], names: list[str], kind: str) -> int:
    if kind == "json":
        return sum(1 for row in rows if file.write(json_line(row)))
    writer = csv.DictWriter(file, names, delimiter=DELIMITERS[kind])
    writer.writeheader()
    texts = ({name: cell(value, pa.string()) for name, value in row.items()} for row in rows)
    return sum(1 for row in texts if writer.writerow(row))


def _parquet(path: Path, rows: Iterator[dict[str, Any]], schema: pa.Schema) -> int:
    done = 0
    with pq.ParquetWriter(path, schema, compression="zstd") as writer:
        while some := list(islice(rows, _BATCH)):
            writer.write_table(table_of(some, schema))
            done += len(some)
    return done


def _arrow(
    source: Path, output: Path, own: list[str], change: Change, reads: Sequence[str], added: Sequence[pa.Field]
) -> int:
    """Write a Parquet file from another: what is not changed never becomes a Python value, which may hold less."""
    held = schema_of(source).remove_metadata()
    check_once(source, held.names, held.names)
    schema = pa.schema([*(held.field(name) for name in own), *added])
    done = 0
    with pq.ParquetFile(source) as file, pq.ParquetWriter(output, schema, compression="zstd") as writer:
        for batch in file.iter_batches(batch_size=_BATCH, columns=own):
            rows = python_rows(source, batch.select(list(reads)))
            changed = [change(row) for row in rows]
            kept = taken(batch, np.flatnonzero([values is not None for values in changed]))
            some = [
                row | dict(values) for row, values in zip(rows, changed, strict=True) if values is not None
            ]  # fmt: skip
            anew = {*(name for values in changed for name in values or ()), *(field.name for field in added)}
            table = table_of(some, pa.schema([field for field in schema if field.name in anew]))
            columns = [table[name] if name in anew else kept.column(name) for name in schema.names]
            writer.write_table(pa.Table.from_arrays(columns, schema=schema))
            done += len(some)
    return done


def taken(batch: pa.RecordBatch, numbers: NDArray[np.integer]) -> pa.Table:
    """Rows of a batch by their numbers, which ascend, whatever their types."""
    try:
        return pa.Table.from_batches([batch]).take(pa.array(numbers))
    except pa.ArrowNotImplementedError:  # of views of texts, for which Arrow 26 has no such function
        runs = np.split(numbers, np.flatnonzero(np.diff(numbers) != 1) + 1)
        return pa.Table.from_batches([batch.slice(run[0], len(run)) for run in runs if len(run)], batch.schema)


def _schema(source: Path, names: list[str]) -> pa.Schema:
    seen = Carried(names)
    for _, row in read_rows(source, names if kind_of(source) != "json" else []):
        seen.add(row)
    return pa.schema(seen.fields())
