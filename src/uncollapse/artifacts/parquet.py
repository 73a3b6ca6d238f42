"""Parquet in, Parquet out: declared schemas, streamed row groups, rows accounted for."""

import contextlib
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from uncollapse.errors import ArtifactError, DataError

ROW_GROUP = 8192  # prompts a row group; small enough to stream at any beam width
_ROWS_KEY = b"uncollapse.rows"


class ParquetWriter:
    """Writes one table of a declared schema, row group by row group.

    ``count`` says what became of the rows that came in; when the file is closed the numbers must add up, and stand in
    its footer. Equal content gives equal bytes: nothing about time, host or path is written.
    """

    def __init__(self, path: Path, schema: pa.Schema) -> None:
        self.path, self.schema = path, schema
        self.rows_in = self.kept = 0
        self.dropped: dict[str, int] = {}
        self._writer = pq.ParquetWriter(path, schema, compression="zstd", write_page_checksum=True)

    def write(self, columns: dict[str, Any]) -> None:
        """Append one row group; arrays, lists or Arrow arrays by column name."""
        table = as_table(columns, self.schema)
        for field in self.schema:
            if problem := _problem(table.column(field.name), field):
                raise DataError(f"{self.path}: column {field.name!r} would hold {problem}")
        self._writer.write_table(table, row_group_size=2**30)

    def count(self, *, rows_in: int, kept: int, dropped: dict[str, int] | None = None) -> None:
        """Account for rows (of whatever the stage consumes: prompts or candidates) since the last call."""
        self.rows_in += rows_in
        self.kept += kept
        for reason, number in (dropped or {}).items():
            self.dropped[reason] = self.dropped.get(reason, 0) + number

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            dropped = {reason: number for reason, number in sorted(self.dropped.items()) if number}
            if self.rows_in != self.kept + sum(dropped.values()):
                raise AssertionError(f"{self.path}: {self.rows_in} rows in, but {self.kept} kept and {dropped} dropped")
            account = {"rows_in": self.rows_in, "kept": self.kept, "dropped": dropped}
            self._writer.add_key_value_metadata({_ROWS_KEY: json.dumps(account).encode()})
        self._writer.close()


def write_table(path: Path, columns: dict[str, Any], schema: pa.Schema, **account: Any) -> None:
    """Write a small table at once. ``account`` as for :meth:`ParquetWriter.count`; by default all rows came in."""
    with ParquetWriter(path, schema) as writer:
        writer.write(columns)
        rows = len(next(iter(columns.values())))
        writer.count(**(account or {"rows_in": rows, "kept": rows}))


def columns_of(rows: Sequence[Mapping[str, Any]], schema: pa.Schema) -> dict[str, list[Any]]:
    """Columns of a schema from rows by name; a nullable value that a row leaves out is null."""
    return {f.name: [row.get(f.name) if f.nullable else row[f.name] for row in rows] for f in schema}


def write_rows(path: Path, rows: Sequence[Mapping[str, Any]], schema: pa.Schema, **account: Any) -> None:
    """Write a small table from its rows; see :func:`write_table`."""
    write_table(path, columns_of(rows, schema), schema, **account)


def as_table(columns: dict[str, Any], schema: pa.Schema) -> pa.Table:
    """Columns as an Arrow table of exactly this schema; a 2-D array becomes a list column."""
    if set(columns) != set(schema.names):
        raise ArtifactError(f"columns {sorted(columns)} where the schema declares {sorted(schema.names)}")
    return pa.Table.from_arrays([_as_arrow(columns[field.name], field.type) for field in schema], schema=schema)


def _as_arrow(values: Any, kind: pa.DataType) -> pa.Array:
    if isinstance(values, pa.ChunkedArray):
        return values.combine_chunks()
    if isinstance(values, pa.Array):
        return values
    if isinstance(values, np.ndarray) and values.ndim == 2:
        offsets = pa.array(np.arange(len(values) + 1, dtype=np.int32) * values.shape[1])
        flat = pa.array(np.ascontiguousarray(values).reshape(-1), type=kind.value_type)
        return pa.ListArray.from_arrays(offsets, flat, type=kind)
    return pa.array(values, type=kind)


def list_column(table: pa.Table, name: str) -> NDArray[Any]:
    """A list column whose rows are equally long, as an array (N, width)."""
    column = table.column(name).combine_chunks()
    values = column.flatten().to_numpy(zero_copy_only=False)
    if not len(column):
        return values.reshape(0, 0)
    lengths = pc.min_max(pc.list_value_length(column))
    if lengths["min"] != lengths["max"]:
        between = f"from {lengths['min']} to {lengths['max']}"
        raise ArtifactError(f"column {name!r}: its lists differ in length, {between}; delete the file and rerun")
    return values.reshape(len(column), -1)


def arrays_of(column: pa.ChunkedArray) -> list[NDArray[Any]]:
    """One array for each list of numbers; none of an empty column.

    >>> [row.tolist() for row in arrays_of(pa.chunked_array([[[1, 2], []], [[3]]]))]
    [[1, 2], [], [3]]
    """
    whole = column.combine_chunks()
    lengths = whole.value_lengths().to_numpy()
    return np.split(whole.flatten().to_numpy(), np.cumsum(lengths)[:-1]) if len(lengths) else []


def check_schema(path: Path, schema: pa.Schema) -> pq.ParquetFile:
    """Open a Parquet file and hold its columns against the declared ones; their order does not matter.

    Raises
    ------
    ArtifactError
        For a missing or damaged file, and for a column that is missing, extra or of another type.
    """
    with _typed(path, "not a whole Parquet file"):
        file = pq.ParquetFile(path, page_checksum_verification=True)
        found = file.schema_arrow
    problem = None
    for field in schema:
        types = [other.type for other in found if other.name == field.name]
        if not types:
            problem = f"column {field.name!r} ({field.type}) is missing; found {found.names}"
        elif types != [field.type]:
            problem = f"column {field.name!r} should be {field.type}, found {' and '.join(map(str, types))}"
        if problem:
            break
    extra = [name for name in found.names if name not in schema.names]
    if extra and not problem:
        problem = f"unexpected columns {extra}; expected {schema.names}"
    if problem:
        raise ArtifactError(f"{path}: {problem}; a file of another kind or version: delete it and rerun")
    return file


def read_table(paths: Path | Sequence[Path], schema: pa.Schema) -> pa.Table:
    """Read one file, or several of one kind in their order, whole; nulls where none are declared are an error."""
    return pa.concat_tables(list(read_row_groups(paths, schema)) or [schema.empty_table()])


def read_row_groups(paths: Path | Sequence[Path], schema: pa.Schema) -> Iterator[pa.Table]:
    """The row groups of one or several files in turn, so that memory does not grow with rows; none is empty."""
    for path in [paths] if isinstance(paths, Path) else paths:
        file = check_schema(path, schema)
        for number in range(file.num_row_groups):
            table = _read_group(path, file, number, schema)
            if len(table):
                yield table


def _read_group(path: Path, file: pq.ParquetFile, number: int, schema: pa.Schema) -> pa.Table:
    with _typed(path, f"row group {number} is damaged"):
        table = file.read_row_group(number).select(schema.names)
        table.validate(full=True)
    for field in schema:
        if problem := _problem(table.column(field.name), field):
            raise ArtifactError(f"{path}: column {field.name!r} has {problem}; delete it and rerun")
    return table.cast(schema)


@contextlib.contextmanager
def _typed(path: Path, what: str) -> Iterator[None]:
    """Arrow's many errors about a file's content as one of ours, and that of a file that is not there."""
    if not path.exists():
        raise ArtifactError(f"{path}: no such file")
    try:
        yield
    except PermissionError:
        raise
    except (pa.ArrowException, OSError, ValueError) as error:
        raise ArtifactError(f"{path}: {what} ({error}); delete it and rerun") from error


def _problem(column: pa.ChunkedArray, field: pa.Field) -> str | None:
    """Values of a column that its field does not allow: nulls, and NaN unless the metadata says ``nan: allowed``."""
    if field.nullable:
        return None
    if column.null_count:
        return f"{column.null_count} empty values"
    values = column
    if pa.types.is_list(field.type):
        values = pc.list_flatten(column)
        if values.null_count:
            return f"{values.null_count} empty values within its lists"
    if pa.types.is_floating(values.type) and (field.metadata or {}).get(b"nan") != b"allowed":
        number = pc.sum(pc.is_nan(values)).as_py() or 0
        return f"{number} values that are not a number (NaN)" if number else None
    return None


class PromptsById:
    """Prompts of one split, read as a stream that asks for ever larger ids.

    ``prompt_id`` is the row number, so a range of ids is a range of rows.
    """

    def __init__(self, path: Path, schema: pa.Schema) -> None:
        self.path = path
        self._groups = self._numbered(schema)
        self._buffer = schema.empty_table()
        self._first = 0

    def range(self, first: int, last: int) -> pa.Table:
        """Rows with ids first ... last.

        Raises
        ------
        ArtifactError
            Where there are fewer prompts, they are not numbered from 0, or ids are asked for that have gone by.
        """
        if not self._first <= first <= last:
            raise ArtifactError(f"{self.path}: prompts {first} to {last} are asked for out of order; rerun labelling")
        while self._first + len(self._buffer) <= last:
            group = next(self._groups, None)
            if group is None:
                raise ArtifactError(f"{self.path}: prompt {last} is asked for, but there are fewer; rerun sampling")
            skipped = max(0, min(first - self._first, len(self._buffer)))
            self._buffer = pa.concat_tables([self._buffer.slice(skipped), group])
            self._first += skipped
        return self._buffer.slice(first - self._first, last - first + 1)

    def groups(self) -> Iterator[pa.Table]:
        """All prompts in turn, as they lie in the file."""
        yield from self._groups

    def _numbered(self, schema: pa.Schema) -> Iterator[pa.Table]:
        done = 0
        for table in read_row_groups(self.path, schema):
            if not np.array_equal(table.column("prompt_id").to_numpy(), np.arange(done, done + len(table))):
                raise ArtifactError(
                    f"{self.path}: prompt_id does not number the rows from 0; delete the file and rerun sampling"
                )
            done += len(table)
            yield table


def row_count(path: Path) -> int:
    """Rows of a Parquet file, from its footer."""
    return _footer(path).num_rows


def row_account(path: Path) -> dict[str, Any] | None:
    """The account of the rows that came in: rows_in, kept, dropped by reason; None where a file has no account."""
    text = (_footer(path).metadata or {}).get(_ROWS_KEY)
    return json.loads(text) if text else None


def own_schema(path: Path) -> pa.Schema:
    """The schema that a file was written with, for files whose kind declares none.

    Raises
    ------
    ArtifactError
        For a missing or damaged file.
    """
    with _typed(path, "not a whole Parquet file"):
        return pq.read_schema(path)


def read_any(path: Path, columns: Sequence[str]) -> pa.Table:
    """A table without a declared schema, such as a finished one; it has at least these columns.

    Raises
    ------
    ArtifactError
        For a missing or damaged file, and for a column that is missing.
    """
    with _typed(path, "not a whole Parquet file"):
        table = pq.read_table(path, page_checksum_verification=True)
    missing = [name for name in columns if name not in table.column_names]
    if missing:
        raise ArtifactError(f"{path}: columns {missing} are missing; found {table.column_names}")
    return table


def _footer(path: Path) -> pq.FileMetaData:
    with _typed(path, "not a whole Parquet file"):
        return pq.read_metadata(path)
