"""Files of texts opened for writing: plain, or packed as the end of their names says (.gz, .zst)."""

import gzip
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from io import TextIOWrapper
from pathlib import Path
from typing import Any, TextIO

import pyarrow as pa

from uncollapse.corpora.formats import DELIMITERS, TEXTS, kind_of, packed_as
from uncollapse.corpora.plain_values import has_half_characters, holds_bytes, json_of
from uncollapse.corpora.rows import check_once
from uncollapse.corpora.tables import column_names, half_characters, schema_of
from uncollapse.errors import DataError


def check_kind(path: Path, *, option: str, among: Sequence[str] = TEXTS) -> None:
    """Refuse a name that says no kind of file that can be written.

    Raises
    ------
    DataError
        Naming the option and what there is.
    """
    kind = kind_of(path, among)
    if kind is None or (kind == "parquet" and packed_as(path)):
        packed = "all but .parquet also in" if ".parquet" in among else "also in"
        raise DataError(f"{option} {path}: must end in {', '.join(among)}; {packed} .gz or .zst")


def check_place(path: Path, source: Path, *, option: str, overwrite: bool) -> None:
    """Refuse an output in no folder, one that is the table it is made of, and one that is there without ``overwrite``.

    Raises
    ------
    DataError
        Naming the option and what to do.
    """
    if not path.parent.is_dir():
        raise DataError(f"{option} {path}: there is no folder {path.parent}")
    if path.exists() and source.exists() and path.samefile(source):
        raise DataError(f"{option} {path}: is the table itself; name another file")
    if path.exists() and not overwrite:
        raise DataError(f"{option} {path}: is there; name another, or say --overwrite")


def check_values(source: Path, output: Path, columns: Collection[str] | None = None) -> None:
    """Refuse, before any work, a table whose own columns hold what the output cannot.

    That is bytes in all but Parquet files, half a surrogate pair in all but JSON lines, and of two columns of one name
    in CSV files the first. ``columns`` are those that are written; by default all.

    Raises
    ------
    DataError
        With the column, the place, and the ways out.
    """
    came, goes = kind_of(source), kind_of(output)
    if came in DELIMITERS:
        names = column_names(source)
        check_once(source, names, names if columns is None else columns)
    if came == "parquet" and goes != "parquet":
        for field in schema_of(source):
            if holds_bytes(field.type) and (columns is None or field.name in columns):
                raise DataError(
                    f"{source}: column {field.name!r} holds bytes, which {output.name} cannot; write a .parquet file,"
                    " or drop that column"
                )
    if came != "json" or goes == "json":
        return
    for place, row in half_characters(source):
        for name, value in row.items():
            if (columns is None or name in columns) and has_half_characters([name, value]):
                column = name.encode("utf-8", "backslashreplace").decode()
                raise DataError(
                    f"{source}: {place}, column '{column}', holds half a character, which {output.name} cannot; mend or"
                    " drop that row, or write a .jsonl file"
                )


@contextmanager
def writing(path: Path) -> Iterator[TextIO]:
    """The text of a new file, UTF-8; line ends are written as they are given."""
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


def json_line(row: Mapping[str, Any]) -> str:
    """A row as a line of JSON, values as :func:`json_of` has them; of halves of a pair, which UTF-8 cannot hold, the
    escapes.

    >>> json_line({"text": "ü"}), json_line({"text": "\\ud83d"})
    ('{"text": "ü"}\\n', '{"text": "\\\\ud83d"}\\n')
    """
    text = json_of(row)
    try:
        text.encode()
    except UnicodeEncodeError:
        text = json_of(row, ensure_ascii=True)
    return text + "\n"
