"""The table again with what verifiers say of each row: Parquet, JSON lines or CSV, all but
Parquet plain or packed, with all of its own columns.

Parquet written from Parquet keeps the columns' types. From JSON lines a column is of numbers, of truth values, or of
text, other lists and objects than conversations as JSON; from CSV all is text.
"""

import csv
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from itertools import islice
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from uncollapse.corpora.formats import DELIMITERS, kind_of, suffix_of
from uncollapse.corpora.rows import check_once
from uncollapse.corpora.tables import column_names, read_rows
from uncollapse.corpora.written import check_kind, check_values, json_line, writing
from uncollapse.errors import DataError
from uncollapse.generators.candidate_file import ABOUT
from uncollapse.jobs.partial import whole
from uncollapse.prompts.further_columns import Carried, cell, table_of

_ROWS = 1024  # written at once


def check_output(path: Path, source: Path, added: Sequence[str], *, replace: bool) -> None:
    """Check what can be known of the output before any work.

    Raises
    ------
    DataError
        For another kind of file, a folder that is not there, the table itself, and columns that the table has already.
    """
    check_kind(path, option="--output")
    if not path.parent.is_dir():
        raise DataError(f"--output {path}: there is no folder {path.parent}; make it")
    if path.exists() and path.samefile(source):
        raise DataError(f"--output {path}: is the table itself; name another file")
    check_values(source, path)
    own = column_names(source)
    check_once(source, own, own)
    there = set(own).intersection(added)
    if there and not replace:
        of_verifiers = sorted(name for name in there if "." in name)  # NAME.score; the decision has no name before it
        name, otherwise = (
            (of_verifiers[0], "name the verifier otherwise: --verifier NAME=KIND")
            if of_verifiers
            else (min(there), "rename that column: the decision is called so")
        )
        raise DataError(f"{source}: has a column {name!r} already; give --replace to write it anew, or {otherwise}")


def write(path: Path, source: Path, added: pa.Schema, judged: Iterator[pa.Table]) -> None:
    """Write the table with the columns ``added``, whose values ``judged`` has in the order of the rows."""
    own = [name for name in column_names(source) if name not in added.names]
    with ExitStack() as stack:
        partial = stack.enter_context(whole(path))
        if suffix_of(path) != ".parquet":
            _write_text(partial, str(kind_of(path)), source, own, added, judged)
        elif kind_of(source) == "parquet":
            _write_arrow(partial, source, own, added, judged)
        else:
            _write_typed(partial, source, own, added, judged)


def _write_arrow(path: Path, source: Path, own: list[str], added: pa.Schema, judged: Iterator[pa.Table]) -> None:
    with pq.ParquetFile(source) as file:
        held = file.schema_arrow.metadata or {}
        about = {name: held[name] for name in held if name == ABOUT}  # how the candidates came about
        schema = pa.schema([file.schema_arrow.field(name) for name in own] + list(added), metadata=about)
        with pq.ParquetWriter(path, schema, compression="zstd", write_page_checksum=True) as writer:
            parts = _Taken(judged, added)
            for batch in file.iter_batches(batch_size=_ROWS, columns=own):
                further = parts.take(len(batch))
                columns = [batch.column(name) for name in own] + [
                    further[name].combine_chunks() for name in added.names
                ]
                writer.write_table(pa.Table.from_arrays(columns, schema=schema))


def _write_typed(path: Path, source: Path, own: list[str], added: pa.Schema, judged: Iterator[pa.Table]) -> None:
    seen = Carried(own)
    for _, row in read_rows(source, []):
        seen.add({name: value for name, value in row.items() if name not in added.names})
    schema = pa.schema([*seen.fields(), *added])
    with pq.ParquetWriter(path, schema, compression="zstd", write_page_checksum=True) as writer:
        for rows in _rows(source, own, added, judged):
            writer.write_table(table_of(rows, schema))


def _write_text(
    path: Path, kind: str, source: Path, own: list[str], added: pa.Schema, judged: Iterator[pa.Table]
) -> None:
    is_json = kind == "json"
    names = [*own, *added.names]
    with writing(path) as file:
        table = csv.writer(file, delimiter=DELIMITERS.get(kind, ","), lineterminator="\n")
        if not is_json:
            table.writerow(names)
        for rows in _rows(source, own, added, judged):
            for row in rows:
                if is_json:
                    file.write(json_line(row))
                else:
                    table.writerow([cell(row.get(name), pa.string()) for name in names])


def _rows(source: Path, own: list[str], added: pa.Schema, judged: Iterator[pa.Table]) -> Iterator[list[dict[str, Any]]]:
    """Rows with their own values first, and what was added behind them."""
    parts = _Taken(judged, added)
    stream = read_rows(source, own if kind_of(source) == "parquet" else [])
    while some := [row for _, row in islice(stream, _ROWS)]:
        further = parts.take(len(some)).to_pylist()
        yield [
            {name: value for name, value in row.items() if name not in added.names} | more
            for row, more in zip(some, further, strict=True)
        ]


class _Taken:
    """Tables one after the other, cut as they are asked for."""

    def __init__(self, tables: Iterator[pa.Table], schema: pa.Schema) -> None:
        self._tables, self._schema = tables, schema
        self._left = schema.empty_table()

    def take(self, number: int) -> pa.Table:
        parts = []
        while number:
            if not len(self._left):
                self._left = next(self._tables).select(self._schema.names)
            parts.append(self._left.slice(0, number))
            self._left = self._left.slice(len(parts[-1]))
            number -= len(parts[-1])
        return pa.concat_tables(parts).cast(self._schema)
