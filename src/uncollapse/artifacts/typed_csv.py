"""CSV files that give back the table that was written: text is quoted, so that an empty one is no null.

>>> schema = pa.schema([("beams", pa.int64()), ("selection", pa.string()), ("percent", pa.float64())])
>>> table = pa.table([[5, None], ["", None], [1.5, None]], schema=schema)
>>> written = table_as_csv(table)
>>> written.decode().split()
['"beams","selection","percent"', '5,"",1.5', ',,']
>>> csv_as_table(written, schema).equals(table)
True
"""

import io
from collections.abc import Mapping

import pyarrow as pa
from pyarrow import csv

from uncollapse.errors import DataError

TYPES = {"int64": pa.int64(), "double": pa.float64(), "string": pa.string()}


def table_as_csv(table: pa.Table) -> bytes:
    """A table of numbers and text as CSV."""
    target = io.BytesIO()
    csv.write_csv(table, target)
    return target.getvalue()


def csv_as_table(content: bytes, schema: pa.Schema) -> pa.Table:
    """The table that was written.

    Raises
    ------
    DataError
        Where a column is missing, or a value is not of its type.
    """
    options = csv.ConvertOptions(
        column_types=schema,
        include_columns=schema.names,
        null_values=[""],
        strings_can_be_null=True,
        quoted_strings_can_be_null=False,
    )
    try:
        parsing = csv.ParseOptions(newlines_in_values=True)
        return csv.read_csv(io.BytesIO(content), parse_options=parsing, convert_options=options)
    except (pa.ArrowInvalid, pa.ArrowKeyError) as error:
        raise DataError(str(error)) from error


def plain(table: pa.Table) -> pa.Table:
    """The same table with columns of the types in TYPES alone.

    Raises
    ------
    DataError
        For a column that is neither a number nor text.
    """
    fields = []
    for field in table.schema:
        if pa.types.is_integer(field.type):
            kind = pa.int64()
        elif pa.types.is_floating(field.type):
            kind = pa.float64()
        elif pa.types.is_string(field.type) or pa.types.is_large_string(field.type) or pa.types.is_null(field.type):
            kind = pa.string()
        else:
            raise DataError(f"column {field.name} is of type {field.type}, which CSV does not hold")
        fields.append(pa.field(field.name, kind))
    return table.cast(pa.schema(fields))


def columns_of(table: pa.Table) -> dict[str, str]:
    """The type of each column in words that :func:`schema_of` reads."""
    return {field.name: str(field.type) for field in table.schema}


def schema_of(columns: Mapping[str, str]) -> pa.Schema:
    """A schema from the types that :func:`columns_of` names."""
    return pa.schema([(name, TYPES[kind]) for name, kind in columns.items()])
