"""Files of texts opened for writing: plain, or packed as the end of their names says (.gz, .zst)."""

import gzip
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from io import TextIOWrapper
from pathlib import Path
from typing import Any, TextIO

import pyarrow as pa

from uncollapse.corpora.formats import TEXTS, kind_of, packed_as
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
    """A row as a line of JSON; characters as they are, but for halves of a pair, which UTF-8 cannot hold.

    >>> json_line({"text": "ü"}), json_line({"text": "\\ud83d"})
    ('{"text": "ü"}\\n', '{"text": "\\\\ud83d"}\\n')
    """
    text = json.dumps(row, ensure_ascii=False, default=str)
    try:
        text.encode()
    except UnicodeEncodeError:
        text = json.dumps(row, default=str)
    return text + "\n"
