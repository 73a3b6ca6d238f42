"""Rows of a table with some values changed, as a stream into Parquet, JSON lines, CSV or TSV, plain or packed."""

import csv
import gzip
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from io import TextIOWrapper
from itertools import islice
from pathlib import Path
from typing import Any, TextIO

import pyarrow as pa
import pyarrow.parquet as pq

from uncollapse.candidate_tables.rows_out import json_line
from uncollapse.corpora.formats import DELIMITERS, TEXTS, kind_of, packed_as
from uncollapse.corpora.tables import column_names, read_rows
from uncollapse.errors import DataError
from uncollapse.jobs.partial import whole
from uncollapse.prompts.further_columns import FurtherColumns, cell

_BATCH = 4096

Change = Callable[[dict[str, Any]], Mapping[str, Any]]  # from a row to the values that are other ones


def check_output(output: Path, *, option: str) -> None:
    """Refuse a file that is there, lies nowhere, or is of no kind that can be written.

    Raises
    ------
    DataError
        Naming the option.
    """
    kind = kind_of(output)
    if kind is None or (kind == "parquet" and packed_as(output)):
        raise DataError(f"{option} {output}: must end in {', '.join(TEXTS)}; all but .parquet also in .gz or .zst")
    if not output.parent.is_dir():
        raise DataError(f"{option} {output}: there is no folder {output.parent}")
    if output.exists():
        raise DataError(f"{option} {output}: is there already; name another, or delete it")


def write_changed(source: Path, output: Path, change: Change) -> int:
    """Write all rows of a table, in its order and with all its columns; returns how many.

    Parameters
    ----------
    change : is called for each row in turn, once. A Parquet file from a Parquet file keeps its types.
    """
    names = column_names(source)
    rows = (row | dict(change(row)) for _, row in read_rows(source, names if kind_of(source) != "json" else []))
    with whole(output) as partial:
        if kind_of(output) == "parquet":
            return _parquet(partial, rows, _schema(source, names))
        with _text(partial) as file:
            return _lines(file, rows, names, str(kind_of(output)), source)


def _lines(file: TextIO, rows: Iterable[dict[str, Any]], names: list[str], kind: str, source: Path) -> int:
    if kind == "json":
        return sum(1 for row in rows if file.write(json_line(row)))
    if kind_of(source) == "json":
        names = list(dict.fromkeys(name for _, row in read_rows(source, []) for name in row))
    writer = csv.DictWriter(file, names, delimiter=DELIMITERS[kind])
    writer.writeheader()
    texts = ({name: cell(value, pa.string()) for name, value in row.items()} for row in rows)
    return sum(1 for row in texts if writer.writerow(row))


def _parquet(path: Path, rows: Iterator[dict[str, Any]], schema: pa.Schema) -> int:
    done = 0
    with pq.ParquetWriter(path, schema, compression="zstd") as writer:
        while some := list(islice(rows, _BATCH)):
            values = [[cell(row.get(field.name), field.type) for row in some] for field in schema]
            arrays = [pa.array(column, field.type) for column, field in zip(values, schema, strict=True)]
            writer.write_table(pa.Table.from_arrays(arrays, schema=schema))
            done += len(some)
    return done


def _schema(source: Path, names: list[str]) -> pa.Schema:
    if kind_of(source) == "parquet":
        return pq.read_schema(source).remove_metadata()
    seen = FurtherColumns(names)
    for _, row in read_rows(source, names if kind_of(source) != "json" else []):
        seen.add(row)
    return pa.schema(seen.fields())


@contextmanager
def _text(path: Path) -> Iterator[TextIO]:
    how = packed_as(path)
    if how == ".zst":
        with TextIOWrapper(pa.output_stream(path, compression="zstd"), encoding="utf-8", newline="") as file:
            yield file
    elif how:
        with gzip.open(path, "wt", encoding="utf-8", newline="") as file:
            yield file
    else:
        with path.open("w", encoding="utf-8", newline="") as file:
            yield file
