"""Rows on their way to a file, Parquet or text, that is there whole or not at all."""

import csv
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TextIO

import pyarrow as pa

from uncollapse.artifacts.parquet import ROW_GROUP, ParquetWriter, as_table, columns_of
from uncollapse.corpora.formats import DELIMITERS, kind_of
from uncollapse.corpora.written import json_line, writing
from uncollapse.jobs.partial import whole
from uncollapse.prompts.further_columns import cell

_ROWS = 256  # that become columns at once


class Lines:
    """Rows on their way to a file of text."""

    def __init__(self, file: TextIO, names: list[str], kind: str) -> None:
        self._file, self._table = file, None
        if kind != "json":
            self._table = csv.DictWriter(file, names, delimiter=DELIMITERS[kind])
            self._table.writeheader()

    def add(self, rows: list[dict[str, Any]], **_: int) -> None:
        """Write rows."""
        for row in rows:
            if self._table is None:
                self._file.write(json_line(row))
            else:
                self._table.writerow({name: cell(value, pa.string()) for name, value in row.items()})


class Rows:
    """Rows on their way to a file, in row groups of some thousand; what waits is columns, but for a few hundred."""

    def __init__(self, writer: ParquetWriter) -> None:
        self._writer = writer
        self._rows: list[dict[str, Any]] = []
        self._tables: list[pa.Table] = []
        self._waiting = 0

    def add(self, rows: list[dict[str, Any]], *, of: int) -> None:
        """Write rows; the rest of the ``of`` that came in go to the other file."""
        self._rows += rows
        self._waiting += len(rows)
        self._writer.count(rows_in=of, kept=len(rows), dropped={"in the other file": of - len(rows)})
        if len(self._rows) >= _ROWS or self._waiting >= ROW_GROUP:
            self._to_columns()
        if self._waiting >= ROW_GROUP:
            self.flush()

    def flush(self) -> None:
        """Write what waits."""
        self._to_columns()
        if self._tables:
            table = pa.concat_tables(self._tables)
            self._writer.write({name: table.column(name) for name in table.column_names})
            self._tables, self._waiting = [], 0

    def _to_columns(self) -> None:
        if self._rows:
            self._tables.append(as_table(columns_of(self._rows, self._writer.schema), self._writer.schema))
            self._rows = []


RowFile = Rows | Lines


@contextmanager
def opened(path: Path, schema: pa.Schema) -> Iterator[RowFile]:
    """A file of candidates, whole or not at all."""
    with whole(path) as partial:
        if kind_of(path) == "parquet":
            with ParquetWriter(partial, schema) as writer:
                rows = Rows(writer)
                yield rows
                rows.flush()
        else:
            with writing(partial) as file:
                yield Lines(file, schema.names, str(kind_of(path)))
